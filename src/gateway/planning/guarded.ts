import type { QueryPlan } from '@graphql-hive/router-query-planner';

import type { GatewayError } from '../errors';
import { Job } from './job';
import type { NumberedGraph } from './planner-process';
import { type NativePlanner, PLANNING_DEADLINE_MS, type PlanRequest, type Planners } from './planners';
import { PlanningQueue, type QueueOptions } from './planning-queue';
import { PlanningTime } from './planning-time';

export interface GuardOptions extends Partial<QueueOptions> {
  /** How long the planning of one operation may take, in milliseconds; default 3000. */
  readonly deadlineMs?: number;
  /** Told of what ended the planner or held it up: operations, supergraphs, or somebody else (`PLANNER_UNAVAILABLE`). */
  readonly onFault?: (fault: GatewayError) => void;
}

/** Planners in a process of their own, that may end without ending this one. */
export interface GuardedPlanners extends Planners {
  /** The process, while there is one. */
  readonly pid: number | undefined;
}

const MAX_WAITING = 1000;
const MAX_WAIT_MS = 10_000;
/** Opening a supergraph costs milliseconds; of very large ones, a second. */
const OPENING_MS = 30_000;

/**
 * Planners in a child process, which is started for the first operation. The planner is native: a fault in it ends the
 * process that it runs in, by which it runs in one that may end. What ended it, or took too long, is refused at once for a
 * while; all else that was under way is planned by the next process.
 */
export function guardedPlanners(options: GuardOptions = {}): GuardedPlanners {
  const { deadlineMs = PLANNING_DEADLINE_MS, maxWaiting = MAX_WAITING, maxWaitMs = MAX_WAIT_MS } = options;
  const queue = new PlanningQueue({ maxWaiting, maxWaitMs, onFault: options.onFault ?? (() => undefined) });
  let graphs = 0;
  let jobs = 0;
  return {
    deadlineMs,
    get pid() {
      return queue.pid;
    },
    open: (supergraphSdl) =>
      new GuardedPlanner(queue, { number: (graphs += 1), supergraphSdl }, () => (jobs += 1)),
    close: () => queue.close(),
  };
}

class GuardedPlanner implements NativePlanner {
  constructor(
    private readonly queue: PlanningQueue,
    private readonly graph: NumberedGraph,
    private readonly nextId: () => number,
  ) {}

  async opened(): Promise<void> {
    await this.done(null, new PlanningTime(OPENING_MS));
  }

  async plan(request: PlanRequest, time: PlanningTime): Promise<QueryPlan> {
    const known = this.queue.culprits.find(this.graph, request);
    if (known !== undefined) throw known;
    const plan = await this.done(request, time);
    if (plan === null) throw new Error('The planner gave no plan.');
    return plan;
  }

  private done(request: PlanRequest | null, time: PlanningTime): Promise<QueryPlan | null> {
    const job = new Job(this.nextId(), this.graph, request, time);
    this.queue.add(job);
    return job.done;
  }
}
