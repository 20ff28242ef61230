import { QueryPlanner, type QueryPlan } from '@graphql-hive/router-query-planner';

import { GatewayError } from '../errors';
import type { PlanningTime } from './planning-time';

/** An operation to be planned, and the progressive overrides that are in force for it. */
export interface PlanRequest {
  readonly text: string;
  readonly labels: readonly string[];
  readonly percentage: number;
}

/** The planner of one supergraph, wherever it runs. */
export interface NativePlanner {
  /**
   * Resolves once the supergraph is known to be one that can be planned for.
   * @throws GatewayError `INVALID_SUPERGRAPH`
   */
  opened(): Promise<void>;
  /**
   * @param time what the operation has left to be planned in; it is taken from it
   * @throws the planner's own error where it finds no plan; GatewayError where it did not get to say so
   */
  plan(request: PlanRequest, time: PlanningTime): Promise<QueryPlan>;
}

/** Where planners run: in this process (`plannersInProcess`) or beside it (`guardedPlanners`). */
export interface Planners {
  /** How long the planning of one operation may take, in milliseconds. */
  readonly deadlineMs: number;
  /** @throws GatewayError `INVALID_SUPERGRAPH`, where that is known at once */
  open(supergraphSdl: string): NativePlanner;
  close(): Promise<void>;
}

export const PLANNING_DEADLINE_MS = 3000;

/** Planners in this process. A fault of one ends the process: fit where nobody else can send operations. */
export function plannersInProcess(deadlineMs = PLANNING_DEADLINE_MS): Planners {
  return { deadlineMs, open: (sdl) => new PlannerHere(sdl), close: () => Promise.resolve() };
}

class PlannerHere implements NativePlanner {
  private readonly native: QueryPlanner;

  constructor(supergraphSdl: string) {
    try {
      this.native = new QueryPlanner(supergraphSdl);
    } catch (cause) {
      throw invalidSupergraph(cause);
    }
  }

  opened(): Promise<void> {
    return Promise.resolve();
  }

  plan({ text, labels, percentage }: PlanRequest, time: PlanningTime): Promise<QueryPlan> {
    // off the main thread; there the planner looks at the signal as it searches
    return time.spend((signal) =>
      this.native.planAsync(text, undefined, new Set(labels), percentage, signal),
    );
  }
}

export function invalidSupergraph(cause: unknown): GatewayError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = 'The supergraph cannot be planned for.';
  return new GatewayError('INVALID_SUPERGRAPH', message, [reason], { cause });
}
