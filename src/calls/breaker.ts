export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly breakerFailures: number;
  /** Milliseconds from opening to the next trial. */
  readonly breakerOpenMs: number;
}

/**
 * The circuit breaker of one backend origin. Closed, it lets every call through and counts failures in a row; open,
 * it lets none through; after a while one call may try, and its outcome decides. Source: chapter 4.
 */
export class Breaker {
  private failures = 0;
  private openUntil = 0;
  private trial = false;

  constructor(
    private readonly settings: BreakerSettings,
    private readonly now: () => number = Date.now,
  ) {}

  get state(): BreakerState {
    if (this.failures < this.settings.breakerFailures) return 'closed';
    return this.trial || this.now() >= this.openUntil ? 'half-open' : 'open';
  }

  /** May a call go through? A true is owed exactly one of `succeed`, `fail` and `abandon`. */
  enter(): boolean {
    if (this.failures < this.settings.breakerFailures) return true;
    if (this.trial || this.now() < this.openUntil) return false;
    this.trial = true;
    return true;
  }

  /** The backend answered, whatever it said. */
  succeed(): void {
    this.failures = 0;
    this.trial = false;
  }

  /** It could not be reached, hung up without an answer, or kept silent for long. */
  fail(): void {
    this.failures += 1;
    this.trial = false;
    if (this.failures >= this.settings.breakerFailures)
      this.openUntil = this.now() + this.settings.breakerOpenMs;
  }

  /** The call ended for a reason that says nothing of the backend. */
  abandon(): void {
    this.trial = false;
  }
}
