import { HttpFailure } from './http-failure';

/** The time that a request has, with its retries: over at its end, or when the caller's own signal fires. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly leave = (): void => {
    this.controller.abort(new HttpFailure('aborted', undefined, { cause: this.caller?.reason }));
  };

  /** @param caller of the request that this is a part of */
  constructor(
    ms: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(() => {
      this.controller.abort(new HttpFailure('late'));
    }, ms);
    if (caller?.aborted === true) this.leave();
    else caller?.addEventListener('abort', this.leave, { once: true });
  }

  /** Its reason is an `HttpFailure`: `late` or `aborted`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** What `work` gives or throws, or the reason of the signal, where that fires first. */
  async bound<T>(work: Promise<T> | T): Promise<T> {
    const { signal } = this;
    if (signal.aborted) throw signal.reason;
    if (!(work instanceof Promise)) return work;
    let stop = (): void => undefined;
    const over = new Promise<never>((_, reject) => {
      stop = () => {
        reject(signal.reason as HttpFailure);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work, over]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Lets go of the timer and of the caller's signal. */
  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.leave);
  }
}
