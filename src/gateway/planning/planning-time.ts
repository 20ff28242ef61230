import { GatewayError } from '../errors';

/**
 * The time in which one operation may be planned. It may take several attempts, some at once; each is charged, so that an
 * operation of many parts has no more time than one of a few.
 */
export class PlanningTime {
  private spentMs = 0;

  constructor(private readonly allowedMs: number) {}

  get leftMs(): number {
    return Math.max(0, this.allowedMs - this.spentMs);
  }

  charge(ms: number): void {
    this.spentMs += ms;
  }

  /**
   * What `work` gives or throws; it is told by a signal when the time is up.
   * @throws GatewayError `PLANNING_TOO_LONG` where it was
   */
  async spend<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { leftMs } = this;
    if (leftMs === 0) throw tooLong();
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort();
    }, leftMs);
    const began = performance.now();
    try {
      return await work(controller.signal);
    } catch (cause) {
      throw controller.signal.aborted ? tooLong(cause) : cause;
    } finally {
      clearTimeout(timer);
      this.charge(performance.now() - began);
    }
  }
}

export function tooLong(cause?: unknown): GatewayError {
  return new GatewayError('PLANNING_TOO_LONG', 'The operation takes too long to plan.', [], { cause });
}
