export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly breakerFailures: number;
  /** Milliseconds from opening to the next trial. */
  readonly breakerOpenMs: number;
}

/** A call's leave to go through, which its outcome is told with: how often the breaker had opened by then. */
export type Passage = number;

/**
 * The circuit breaker of one backend origin, or of one subgraph. Closed, it lets every call through and counts failures
 * in a row; open, it lets none through; after a while one call may try, and its outcome decides. A call that began
 * before the breaker opened says nothing any more, however it ends. Source: chapters 4 and 5.
 */
export class Breaker {
  private failures = 0;
  private openUntil = 0;
  private trial = false;
  private openings: Passage = 0;

  constructor(
    private readonly settings: BreakerSettings,
    private readonly now: () => number = Date.now,
  ) {}

  get state(): BreakerState {
    if (this.failures < this.settings.breakerFailures) return 'closed';
    return this.trial || this.now() >= this.openUntil ? 'half-open' : 'open';
  }

  /** Lets a call through, or null. A passage is owed exactly one of `succeed`, `fail` and `abandon`. */
  enter(): Passage | null {
    if (this.failures < this.settings.breakerFailures) return this.openings;
    if (this.trial || this.now() < this.openUntil) return null;
    this.trial = true;
    return this.openings;
  }

  /** The backend answered, whatever it said. */
  succeed(passage: Passage): void {
    if (passage !== this.openings) return;
    this.failures = 0;
    this.trial = false;
  }

  /** It could not be reached, hung up without an answer, or kept silent for long. */
  fail(passage: Passage): void {
    if (passage !== this.openings) return;
    this.failures += 1;
    this.trial = false;
    if (this.failures < this.settings.breakerFailures) return;
    this.openUntil = this.now() + this.settings.breakerOpenMs;
    this.openings += 1;
  }

  /** The call ended for a reason that says nothing of the backend. */
  abandon(passage: Passage): void {
    if (passage === this.openings) this.trial = false;
  }
}
