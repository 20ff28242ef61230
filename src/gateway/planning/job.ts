import type { QueryPlan } from '@graphql-hive/router-query-planner';

import { GatewayError } from '../errors';
import type { Reply } from './messages';
import type { NumberedGraph } from './planner-process';
import { invalidSupergraph, type PlanRequest } from './planners';
import type { PlanningTime } from './planning-time';
import { tooLong } from './planning-time';

/** Something that the process of the planners is to do: plan an operation, or open a supergraph. */
export class Job {
  /** It was under way when a process ended with others under way: it is tried again with nothing beside it. */
  isSuspect = false;
  /** What it gives; null where a supergraph was to be opened. */
  readonly done: Promise<QueryPlan | null>;
  private timer: NodeJS.Timeout | undefined;
  private resolve: (plan: QueryPlan | null) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  constructor(
    readonly id: number,
    readonly graph: NumberedGraph,
    readonly request: PlanRequest | null,
    readonly time: PlanningTime,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Calls `late` in `ms` milliseconds, unless something else is waited for, or it is settled, before. */
  within(ms: number, late: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(late, ms);
  }

  fail(error: Error): void {
    clearTimeout(this.timer);
    this.reject(error);
  }

  /** @returns the fault of the gateway that the reply tells, where it tells one */
  settle({ plan, error, ms }: Reply): GatewayError | null {
    clearTimeout(this.timer);
    this.time.charge(ms);
    if (error === undefined) {
      this.resolve(plan ?? null);
      return null;
    }
    const fault = faultOf(error);
    this.reject(fault ?? new Error(error.message));
    return fault;
  }

  /** What it is guilty of, where it alone ended the process. */
  guilt(reason: string): GatewayError {
    if (this.request === null) return invalidSupergraph(`It ends the planner. ${reason}`);
    return new GatewayError('PLANNER_ENDED', 'The operation ends the planner.', [reason]);
  }
}

function faultOf({ code, message }: NonNullable<Reply['error']>): GatewayError | null {
  if (code === undefined) return null;
  return code === 'PLANNING_TOO_LONG' ? tooLong() : invalidSupergraph(message);
}
