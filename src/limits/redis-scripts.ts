/**
 * What Redis does at once, all of it or nothing. KEYS begin with the marker of the life of the counts; three follow for
 * each counter: a hash with the number of calls that were used up, a sorted set of the calls under way by when they are
 * taken for lost, and a set of calls that ended while the number was not known. ARGV begins with the `run_id` of this
 * Redis, which no other process has, not even one that was given its data. Times are Redis' own: the clocks of replicas
 * differ.
 */

/**
 * `now`, in milliseconds; `life`: the process and when it began to count. `known` gives the number of a counter, or
 * nil, and since when it is in doubt. `doubt` makes it be read anew, which forgets nothing: a call that was recorded is
 * in the rollups, and the others are in the two sets.
 */
const LIFE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = redis.call('GET', KEYS[1])
if not life or string.sub(life, 1, #ARGV[1] + 1) ~= ARGV[1] .. ' ' then
  life = ARGV[1] .. ' ' .. string.format('%.0f', now)
  redis.call('SET', KEYS[1], life)
end
local function known(count)
  local fields = redis.call('HMGET', count, 'life', 'used', 'doubted')
  if fields[1] ~= life then return nil, '' end
  return fields[2] and tonumber(fields[2]) or nil, fields[3] or ''
end
local function doubt(count)
  redis.call('HDEL', count, 'used')
  redis.call('HSET', count, 'doubted', string.format('%.0f', now))
end
`;

/**
 * ARGV: the call (empty: only look), how long to hold it, how long a number that is read anew waits for the replicas to
 * drain, then the limit and the time to keep of each counter.
 * Gives, with the life, 'counted' or 'full' and all totals; 'waiting' and the milliseconds that are left of that wait;
 * or 'missing' and, of each counter that is: its place, since when it is in doubt, and its calls.
 */
export const RESERVE = `${LIFE}
local counters = (#KEYS - 1) / 3
local totals, missing, full, wait = {}, {}, false, 0
for i = 1, counters do
  local count, held = KEYS[3 * i - 1], KEYS[3 * i]
  local limit = tonumber(ARGV[2 * i + 3])
  local used, doubted = known(count)
  if used and used + redis.call('ZCARD', held) >= limit
      and redis.call('ZREMRANGEBYSCORE', held, '-inf', now) > 0 then
    -- it may have been recorded by a replica that died before it could say so
    doubt(count)
    used, doubted = known(count)
  end
  if used then
    totals[i] = used + redis.call('ZCARD', held)
    full = full or totals[i] >= limit
  else
    local since = doubted ~= '' and doubted or string.match(life, '%d+$')
    wait = math.max(wait, tonumber(since) + tonumber(ARGV[4]) - now)
    missing[#missing + 1] = {i - 1, doubted}
  end
end
if #missing > 0 then
  if wait > 0 then return {'waiting', life, wait} end
  for _, one in ipairs(missing) do
    local place = 3 * one[1] + 3
    for _, call in ipairs(redis.call('ZRANGE', KEYS[place], 0, -1)) do one[#one + 1] = call end
    for _, call in ipairs(redis.call('SMEMBERS', KEYS[place + 1])) do one[#one + 1] = call end
  end
  return {'missing', life, unpack(missing)}
end
if ARGV[2] == '' then return {'counted', life, unpack(totals)} end
if full then return {'full', life, unpack(totals)} end
for i = 1, counters do
  redis.call('ZADD', KEYS[3 * i], now + tonumber(ARGV[3]), ARGV[2])
  redis.call('PEXPIRE', KEYS[3 * i], ARGV[2 * i + 4])
  totals[i] = totals[i] + 1
end
return {'counted', life, unpack(totals)}
`;

/**
 * KEYS: the marker and one counter. ARGV: the life that the number was read for and since when it was in doubt, the
 * number, the time to keep it, and the calls that are not in it.
 */
export const BEGIN = `${LIFE}
local used, doubted = known(KEYS[2])
if used or ARGV[2] ~= life .. ' ' .. doubted then return 0 end
local asked = {}
for i = 5, #ARGV do asked[ARGV[i]] = true end
local ended = redis.call('SMEMBERS', KEYS[4])
for _, calls in ipairs({ended, redis.call('ZRANGE', KEYS[3], 0, -1)}) do
  for _, call in ipairs(calls) do
    if not asked[call] then return 0 end
  end
end
redis.call('DEL', KEYS[4])
redis.call('HSET', KEYS[2], 'life', life, 'used', string.format('%.0f', tonumber(ARGV[3]) + #ended), 'doubted', '')
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
`;

/**
 * ARGV: the call; 1 where it is used up, 0 where it never was; then the time to keep of each counter. An end that comes
 * twice, or for a call that is not known any more, makes the number be read anew.
 */
export const END = `${LIFE}
for i = 1, (#KEYS - 1) / 3 do
  local count, held, ended = KEYS[3 * i - 1], KEYS[3 * i], KEYS[3 * i + 1]
  local found = redis.call('ZREM', held, ARGV[2])
  if ARGV[3] == '1' then
    local used = known(count)
    if used and found == 1 then
      redis.call('HINCRBY', count, 'used', 1)
    else
      if used then doubt(count) end
      redis.call('SADD', ended, ARGV[2])
      redis.call('PEXPIRE', ended, ARGV[i + 3])
    end
  end
end
return life
`;

/**
 * A call that began in another life and is under way. ARGV: the call, how long to hold it, the time to keep of each
 * counter. A number that was read without it may have it.
 */
export const ANNOUNCE = `${LIFE}
for i = 1, (#KEYS - 1) / 3 do
  local count, held = KEYS[3 * i - 1], KEYS[3 * i]
  if redis.call('ZADD', held, 'NX', now + tonumber(ARGV[3]), ARGV[2]) == 1 then
    redis.call('PEXPIRE', held, ARGV[i + 3])
    if (known(count)) then doubt(count) end
  end
end
return life
`;
