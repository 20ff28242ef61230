import { keyPrefix } from '../../src/auth/api-key';
import type { Answer, Client } from './client';
import type { World } from './world';

/** What an answer says of rates and quotas; times are taken out, since they depend on when a test runs. */
export interface LimitHeaders {
  readonly policy: string | undefined;
  readonly standing: string | undefined;
}

export function limitsOf({ headers }: Answer): LimitHeaders {
  return {
    policy: headers['ratelimit-policy'] as string | undefined,
    standing: (headers['ratelimit'] as string | undefined)?.replace(/;t=\d+/g, ';t=T'),
  };
}

/** The public beginning of the key that someone acts by. */
export function prefixOf({ key }: Client): string {
  return keyPrefix(key ?? '');
}

/** How many of the answers have each status: `{ 200: 1, 429: 49 }`. */
export function tally(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The answers to `count` calls at once. */
export function together(count: number, call: (at: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => call(at)));
}

/** What `setKeyLimits`, `setOwnerLimits` and `setConsumerLimits` are given. */
export interface LimitsToSet {
  readonly key?: object;
  readonly owner?: object;
  readonly consumer?: object;
}

/**
 * Consumers that have their limits before the first test: where others may have counted its calls, a new quota is not
 * counted for two seconds, which then pass for all of them at once.
 */
export class LimitedConsumers {
  private readonly wanted: ((world: World, handle: string) => Promise<void>)[] = [];

  /** Asked for while the tests are described; what it gives, within a test. */
  with({ key, owner, consumer }: LimitsToSet): () => Client {
    let made: Client | null = null;
    this.wanted.push(async (world, handle) => {
      const client = await world.user(handle);
      const { operator } = world;
      if (key !== undefined) await operator.mutate('setKeyLimits', { key: prefixOf(client), ...key });
      if (owner !== undefined) await operator.mutate('setOwnerLimits', { owner: handle, ...owner });
      if (consumer !== undefined) {
        await operator.mutate('setConsumerLimits', { consumer: handle, ...consumer });
      }
      made = client;
    });
    return () => {
      if (made === null) throw new Error('consumers are made by beforeAll: ask for them within a test');
      return made;
    };
  }

  async make(world: World): Promise<void> {
    await Promise.all(this.wanted.map((make, at) => make(world, `limited${at}`)));
  }
}
