import { LRUCache } from 'lru-cache';

import type { RedisLink } from '../limits';

/** What Apollo Server keeps the texts of automatic persisted queries in. */
export interface DocumentCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Documents that are longer, in characters, are not kept: their senders send them every time. */
const LONGEST = 32_768;
const IN_MEMORY = 10_000_000;
const IN_REDIS = 4_000;
const TTL_SECONDS = 86_400;
const PREFIX = 'algogate:';
const INDEX = `${PREFIX}apq`;

/** Keeps one document more, and lets the oldest go where there are too many. */
const KEEP = `
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if over > 0 then
  for _, key in ipairs(redis.call('ZRANGE', KEYS[2], 0, over - 1)) do
    redis.call('DEL', key)
    redis.call('ZREM', KEYS[2], key)
  end
end`;

/**
 * Persisted documents of this process, or of all replicas in Redis: bounded in number and length, for a day. A Redis that
 * is away costs its callers only that they have to send the document again.
 */
export function openDocuments(link: RedisLink | null): DocumentCache {
  return link === null ? inMemory() : inRedis(link);
}

function inMemory(): DocumentCache {
  const known = new LRUCache<string, string>({
    maxSize: IN_MEMORY,
    sizeCalculation: (value, key) => value.length + key.length,
    ttl: TTL_SECONDS * 1000,
  });
  return {
    get: (key) => Promise.resolve(known.get(key)),
    set: (key, value) => {
      if (value.length <= LONGEST) known.set(key, value);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(known.delete(key)),
  };
}

function inRedis({ client }: RedisLink): DocumentCache {
  return {
    get: async (key) => {
      try {
        return (await client.get(PREFIX + key)) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set: async (key, value) => {
      if (value.length > LONGEST) return;
      const given = [value, String(TTL_SECONDS), String(Date.now()), String(IN_REDIS)];
      try {
        await client.eval(KEEP, { keys: [PREFIX + key, INDEX], arguments: given });
      } catch {
        // it is sent again
      }
    },
    delete: async (key) => {
      try {
        return (await client.del(PREFIX + key)) > 0;
      } catch {
        return false;
      }
    },
  };
}
