import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { GatewayError } from '../errors';
import type { NumberedGraph } from './planner-process';
import type { PlanRequest } from './planners';

const KEPT = 1000;
/** What ended the planner would do so again; what took too long may have done so on a busy machine. */
const KEPT_MS = { ended: 600_000, late: 60_000 } as const;

/** Operations that ended the planner or held it up, and are refused at once for a while. */
export class Culprits {
  private readonly faults = new LRUCache<string, GatewayError>({ max: KEPT });

  find(graph: NumberedGraph, request: PlanRequest): GatewayError | undefined {
    return this.faults.size === 0 ? undefined : this.faults.get(keyOf(graph, request));
  }

  add(graph: NumberedGraph, request: PlanRequest, fault: GatewayError): void {
    const ttl = fault.code === 'PLANNING_TOO_LONG' ? KEPT_MS.late : KEPT_MS.ended;
    this.faults.set(keyOf(graph, request), fault, { ttl });
  }
}

/** A hash, since operations may be long. */
function keyOf({ number }: NumberedGraph, { text, labels, percentage }: PlanRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([number, text, labels, percentage]))
    .digest('base64');
}
