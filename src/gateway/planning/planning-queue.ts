import { GatewayError } from '../errors';
import { Culprits } from './culprits';
import type { Job } from './job';
import type { Reply } from './messages';
import { PlannerProcess, type ProcessEnd } from './planner-process';
import { tooLong } from './planning-time';
import { Restarts } from './restarts';

export interface QueueOptions {
  /** Jobs that wait at the most; more are refused. */
  readonly maxWaiting: number;
  /** How long a job waits for its turn, in milliseconds. */
  readonly maxWaitMs: number;
  /** Told of what ends the process or holds it up, and of its ends. */
  readonly onFault: (fault: GatewayError) => void;
}

/** As many as Node has threads for. */
const AT_ONCE = 4;
/** The process keeps time itself; one that does not answer so long after it is killed. */
const GRACE_MS = 1000;
/** On a machine that is busy with everything else. */
const START_MS = 30_000;
/** The planner's own doing. Others may be anybody's, who ended the process from without. */
const FAULTS: ReadonlySet<NodeJS.Signals | null> = new Set([
  'SIGABRT',
  'SIGSEGV',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
]);

/**
 * What one process of planners is to do. It is started when there is something to do, and again when it ended. A job that
 * ends it is found out, and the others that were under way are done by the next one.
 */
export class PlanningQueue {
  readonly culprits = new Culprits();
  private readonly restarts = new Restarts();
  private waiting: Job[] = [];
  private readonly underWay = new Map<number, Job>();
  private readonly overdue = new Set<Job>();
  private process: PlannerProcess | null = null;
  private pause: NodeJS.Timeout | null = null;
  private startTimer: NodeJS.Timeout | undefined;
  private closing: Promise<void> | null = null;
  private whenEnded: () => void = () => undefined;

  constructor(private readonly options: QueueOptions) {}

  /** The process that there is now, for whoever looks on. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  add(job: Job): void {
    const { maxWaiting } = this.options;
    if (this.closing !== null) job.fail(unavailable('It was closed.'));
    else if (this.waiting.length >= maxWaiting)
      job.fail(unavailable(`${maxWaiting} operations wait already.`));
    else {
      this.waiting.push(this.bounded(job));
      this.pump();
    }
  }

  /** Ends the process, and all that was not done. */
  close(): Promise<void> {
    return (this.closing ??= this.closeNow());
  }

  private async closeNow(): Promise<void> {
    if (this.pause !== null) clearTimeout(this.pause);
    for (const job of [...this.waiting.splice(0), ...this.underWay.values()]) {
      job.fail(unavailable('It was closed.'));
    }
    this.underWay.clear();
    const { process } = this;
    if (process === null) return;
    const ended = new Promise<void>((resolve) => (this.whenEnded = resolve));
    process.hold(true);
    process.kill();
    await ended;
  }

  private bounded(job: Job): Job {
    job.within(this.options.maxWaitMs, () => {
      this.waiting = this.waiting.filter((other) => other !== job);
      job.fail(unavailable('Its turn did not come in time.'));
    });
    return job;
  }

  private pump(): void {
    if (this.waiting.length > 0 && this.process === null && this.pause === null) this.start();
    const { process } = this;
    if (process === null) return;
    if (process.isReady) for (let job = this.next(); job !== null; job = this.next()) this.send(process, job);
    process.hold(this.waiting.length + this.underWay.size > 0);
  }

  /** The next job that may be sent now. One that is suspected of having ended the process is alone with it. */
  private next(): Job | null {
    const [job] = this.waiting;
    const isFree = this.underWay.size < (job?.isSuspect === true ? 1 : AT_ONCE);
    const isAlone = [...this.underWay.values()].some(({ isSuspect }) => isSuspect);
    return isFree && !isAlone ? (this.waiting.shift() ?? null) : null;
  }

  private send(process: PlannerProcess, job: Job): void {
    const { id, graph, request, time } = job;
    // the same may have been found out while it waited
    const known = request === null ? undefined : this.culprits.find(graph, request);
    if (known !== undefined) {
      job.fail(known);
      return;
    }
    this.underWay.set(id, job);
    job.within(time.leftMs + GRACE_MS, () => {
      this.overdue.add(job);
      process.kill();
    });
    process.ask(graph, { id, ms: time.leftMs, ...(request !== null && { request }) });
  }

  private start(): void {
    const process = new PlannerProcess({
      onReady: () => {
        clearTimeout(this.startTimer);
        this.pump();
      },
      onReply: (reply) => {
        this.settle(process, reply);
      },
      onEnd: (how) => {
        this.afterEnd(how);
      },
    });
    this.process = process;
    this.startTimer = setTimeout(() => {
      process.kill();
    }, START_MS);
    this.startTimer.unref();
  }

  private settle(process: PlannerProcess, reply: Reply): void {
    const job = this.underWay.get(reply.id);
    if (job === undefined) return;
    this.underWay.delete(reply.id);
    const fault = job.settle(reply);
    if (fault?.code === 'INVALID_SUPERGRAPH') process.forget(job.graph);
    if (fault?.code === 'PLANNING_TOO_LONG') this.blame(job, fault);
    this.pump();
  }

  private afterEnd({ signal, reason }: ProcessEnd): void {
    clearTimeout(this.startTimer);
    this.process = null;
    this.whenEnded();
    if (this.closing !== null) return;
    const lost = [...this.underWay.values()];
    this.underWay.clear();
    const guilty = this.overdue.size > 0 ? new Set(this.overdue) : guiltyOf(lost, signal);
    for (const job of guilty) {
      const fault = this.overdue.has(job) ? tooLong(new Error(reason)) : job.guilt(reason);
      this.blame(job, fault);
      job.fail(fault);
    }
    if (guilty.size === 0) this.options.onFault(unavailable(reason));
    const innocent = lost.filter((job) => !guilty.has(job));
    // who was beside one that was killed for its time is not suspected of anything
    if (this.overdue.size === 0) for (const job of innocent) job.isSuspect = true;
    this.overdue.clear();
    this.startAgainIn(this.restarts.delayAfterEnd());
    this.waiting.unshift(...innocent.map((job) => this.bounded(job)));
    this.pump();
  }

  private startAgainIn(ms: number): void {
    if (ms === 0) return;
    this.pause = setTimeout(() => {
      this.pause = null;
      this.pump();
    }, ms);
  }

  private blame({ graph, request }: Job, fault: GatewayError): void {
    if (request !== null) this.culprits.add(graph, request, fault);
    this.options.onFault(fault);
  }
}

/** The one that ended the process, where it is known: it was alone, and did it itself or was suspected before. */
function guiltyOf(lost: readonly Job[], signal: NodeJS.Signals | null): ReadonlySet<Job> {
  const [only, ...others] = lost;
  if (only === undefined || others.length > 0) return new Set();
  return new Set(only.isSuspect || FAULTS.has(signal) ? [only] : []);
}

function unavailable(reason: string): GatewayError {
  return new GatewayError('PLANNER_UNAVAILABLE', 'The planner is not available.', [reason]);
}
