import { keyPrefix } from '../../src/auth/api-key';
import type { Answer, Client } from './client';

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
