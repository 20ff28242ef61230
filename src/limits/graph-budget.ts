import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';

import { AlgogateError } from '../domain/errors';
import { RetryLater } from '../domain/limits/refusals';
import type { RedisLink } from './redis-link';

const WINDOW_SECONDS = 60;

/** Where somebody stands with its budget, in whole cost units. */
export interface BudgetState {
  readonly limit: number;
  readonly remaining: number;
  /** Until the budget is whole again. */
  readonly resetSeconds: number;
}

/** The refusal of a query for which too little is left. */
export class BudgetSpent extends RetryLater {
  constructor(
    readonly state: BudgetState,
    cost: number,
  ) {
    super(
      'RATE_LIMITED',
      `this query costs ${cost}, and ${state.remaining} of ${state.limit} cost units a minute are left`,
      Math.max(1, state.resetSeconds),
    );
  }
}

/**
 * So many cost units a minute for each subject, in memory, or in Redis for all replicas together with the memory of
 * each as the insurance for when Redis is away. A minute begins with the first query of it.
 */
export class GraphBudget {
  private readonly limiter: RateLimiterAbstract;

  /** @param perMinute cost units, a whole number above 0 */
  constructor(
    redis: RedisLink | null,
    private readonly perMinute: number,
  ) {
    const options = { keyPrefix: 'algogate:graph', points: perMinute, duration: WINDOW_SECONDS };
    const memory = new RateLimiterMemory(options);
    this.limiter =
      redis === null
        ? memory
        : new RateLimiterRedis({
            ...options,
            storeClient: redis.client,
            useRedisPackage: true,
            rejectIfRedisNotReady: true,
            insuranceLimiter: memory,
          });
  }

  /**
   * Takes what a query costs. A query that is refused costs nothing.
   * @throws BudgetSpent; AlgogateError QUERY_TOO_COMPLEX where the budget is too small however long one waits
   */
  async charge(subject: string, cost: number): Promise<BudgetState> {
    if (cost > this.perMinute) {
      const message = `The estimated cost of this query is ${cost}; there are ${this.perMinute} cost units a minute.`;
      throw new AlgogateError('QUERY_TOO_COMPLEX', message);
    }
    try {
      const { remainingPoints, msBeforeNext } = await this.limiter.consume(subject, cost);
      return this.stateOf(remainingPoints, msBeforeNext);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const { remainingPoints, msBeforeNext } = await this.limiter.reward(subject, cost);
      throw new BudgetSpent(this.stateOf(remainingPoints, msBeforeNext), cost);
    }
  }

  /** Gives back what was taken for a query of which nothing ran. */
  async giveBack(subject: string, cost: number): Promise<void> {
    await this.limiter.reward(subject, cost);
  }

  private stateOf(remaining: number, msBeforeNext: number): BudgetState {
    return {
      limit: this.perMinute,
      remaining: Math.max(0, remaining),
      resetSeconds: Math.ceil(msBeforeNext / 1000),
    };
  }
}

/**
 * Names and values in turn, as the call path tells its limits.
 * Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
 */
export function budgetHeaders({ limit, remaining, resetSeconds }: BudgetState): readonly [string, string][] {
  return [
    ['ratelimit-policy', `"graph-minute";q=${limit};w=${WINDOW_SECONDS}`],
    ['ratelimit', `"graph-minute";r=${remaining};t=${resetSeconds}`],
  ];
}
