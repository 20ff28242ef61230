/**
 * What Redis does at once, all of it or nothing. Keys are the marker of the life of the counts, then for each counter
 * the number of calls that were used up, and a sorted set of the calls under way by when they are taken for lost.
 * Times are Redis' own: the clocks of replicas differ.
 */

/** Milliseconds of Redis' clock; and when this life began, which is now where its marker is missing. */
const LIFE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = redis.call('GET', KEYS[1])
if not life then
  life = string.format('%.0f', now)
  redis.call('SET', KEYS[1], life)
end
`;

/**
 * ARGV: request id (empty: only look), how long to hold, then the limit and the time to keep of each counter.
 * Gives 'counted' or 'full' with all totals; or 'missing' with the life, its age in
 * milliseconds, and the counters that are.
 */
export const RESERVE = `${LIFE}
local count = (#KEYS - 1) / 2
local totals, missing, full = {}, {}, false
for i = 1, count do
  local used = redis.call('GET', KEYS[2 * i])
  if used then
    redis.call('ZREMRANGEBYSCORE', KEYS[2 * i + 1], '-inf', now)
    totals[i] = tonumber(used) + redis.call('ZCARD', KEYS[2 * i + 1])
    full = full or totals[i] >= tonumber(ARGV[2 * i + 1])
  else
    missing[#missing + 1] = i - 1
  end
end
if #missing > 0 then
  return {'missing', life, now - tonumber(life), unpack(missing)}
end
if ARGV[1] == '' then return {'counted', unpack(totals)} end
if full then return {'full', unpack(totals)} end
for i = 1, count do
  redis.call('ZADD', KEYS[2 * i + 1], now + tonumber(ARGV[2]), ARGV[1])
  redis.call('PEXPIRE', KEYS[2 * i + 1], ARGV[2 * i + 2])
  totals[i] = totals[i] + 1
end
return {'counted', unpack(totals)}
`;

/** KEYS: the marker and one number. ARGV: the life that it was read for, the number, the time to keep it. */
export const BEGIN = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3], 'NX')
end
return 0
`;

/** ARGV: request id; 1 where the call is used up, 0 where it never was. Once is as good as twice. */
export const END = `
for i = 1, #KEYS / 2 do
  local held = redis.call('ZREM', KEYS[2 * i], ARGV[1])
  if held == 1 and ARGV[2] == '1' and redis.call('EXISTS', KEYS[2 * i - 1]) == 1 then
    redis.call('INCR', KEYS[2 * i - 1])
  end
end
return 0
`;
