import { AlgogateError } from '../domain/errors';

/** A lock that someone else cannot have while it is held; it may be lost. */
export interface LockHandle {
  readonly isHeld: boolean;
  release(): void | Promise<void>;
}

export interface CountingLockOptions {
  /** Null where another holds it. */
  readonly open: () => Promise<LockHandle | null>;
  /** Told why quotas cannot be counted here, for the log; once, until they can. */
  readonly onRefused: (reason: string) => void;
  readonly now?: () => number;
}

/** A lock that was refused is tried again this much later. */
const AGAIN_MS = 1_000;

const REASON =
  'another replica counts the quotas, in its own memory: set ALGOGATE_REDIS_URL at all of them, so that they count together';

/**
 * Lets one process count quotas in its memory: a second one that did too would let each caller have its quota twice.
 * It is taken when the first call with a quota comes, and kept until it is lost.
 */
export class CountingLock {
  private handle: LockHandle | null = null;
  private lives = 0;
  private acquiring: Promise<string> | null = null;
  private refusedAt = -Infinity;
  /** Someone else may have counted before us: what it recorded last may still be on its way to the database. */
  private contended = false;
  private heldSince = 0;
  private told = false;
  private closed = false;
  private readonly now: () => number;

  constructor(private readonly options: CountingLockOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Names the time for which it has been held without a break; null while it is not held. */
  get life(): string | null {
    return this.handle?.isHeld === true ? String(this.lives) : null;
  }

  /** From when on all that others counted before is in the rollups; epoch milliseconds. */
  settledAt(settleMs: number): number {
    return this.contended ? this.heldSince + settleMs : 0;
  }

  /** Gives its life. @throws AlgogateError UNAVAILABLE where another has it */
  acquire(): Promise<string> {
    const { life } = this;
    if (life !== null) return Promise.resolve(life);
    this.acquiring ??= this.take().finally(() => {
      this.acquiring = null;
    });
    return this.acquiring;
  }

  /** For good. What is being opened at this moment is released when it arrives. */
  close(): Promise<void> {
    this.closed = true;
    return this.drop();
  }

  private async drop(): Promise<void> {
    const { handle } = this;
    this.handle = null;
    await handle?.release();
  }

  private async take(): Promise<string> {
    if (this.handle !== null) {
      this.contended = true;
      await this.drop();
    }
    if (this.closed || this.now() - this.refusedAt < AGAIN_MS) throw refused();
    this.handle = await this.open();
    if (this.handle === null) {
      this.refusedAt = this.now();
      this.contended = true;
      this.tell(REASON);
      throw refused();
    }
    this.told = false;
    this.lives += 1;
    this.heldSince = this.now();
    return String(this.lives);
  }

  private async open(): Promise<LockHandle | null> {
    const handle = await this.options.open().catch((fault: unknown) => {
      this.refusedAt = this.now();
      this.tell(fault instanceof Error ? fault.message : String(fault));
      throw refused();
    });
    if (!this.closed) return handle;
    await handle?.release();
    throw refused();
  }

  private tell(reason: string): void {
    if (!this.told) this.options.onRefused(reason);
    this.told = true;
  }
}

function refused(): AlgogateError {
  return new AlgogateError('UNAVAILABLE', 'quotas cannot be counted here at the moment');
}
