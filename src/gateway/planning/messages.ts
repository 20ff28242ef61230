import type { QueryPlan } from '@graphql-hive/router-query-planner';

import type { GatewayErrorCode } from '../errors';
import type { PlanRequest } from './planners';

/** What the process of the planners is asked. */
export interface Asked {
  readonly id: number;
  /** The number of the supergraph that is meant. */
  readonly graph: number;
  /** The supergraph itself, where the process does not have it yet. */
  readonly supergraphSdl?: string;
  /** Missing: only open the supergraph. */
  readonly request?: PlanRequest;
  /** Milliseconds that the plan may take. */
  readonly ms: number;
  /** Supergraphs that are let go. */
  readonly forget: readonly number[];
}

/** What the process says: that it is there, and then an answer to each question. */
export type Told = 'ready' | Reply;

export interface Reply {
  readonly id: number;
  /** Milliseconds that it took. */
  readonly ms: number;
  readonly plan?: QueryPlan;
  /** Without a code, what the planner itself says. */
  readonly error?: { readonly code?: GatewayErrorCode; readonly message: string };
}
