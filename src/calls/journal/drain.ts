import { existsSync } from 'node:fs';
import type { CallRecord, RecordSink } from '../../domain/usage/call';
import { within } from '../../waiting';
import { readSegment, removeSegment, type ClosedSegment } from './segment';

const BATCH = 4000;
const FIRST_PAUSE_MS = 100;
/** A full journal refuses calls until the sink is tried again: it must not wait long after it is back. */
const LONGEST_PAUSE_MS = 5_000;
const SEGMENTS_IN_MEMORY = 2;

interface Entry {
  readonly segment: ClosedSegment;
  readonly drained: () => void;
  /** Told after that. */
  readonly awaited: (() => void)[];
}

/** The least of `times`; null where there is none. */
export function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}

/** Hands closed segments to the sink, oldest first, and deletes each when all of it was taken. */
export class Drain {
  private readonly queue: Entry[] = [];
  private running: Promise<void> | null = null;
  private stopped = false;
  private wake: (() => void) | null = null;
  private readonly counted = { records: 0, faults: 0 };

  constructor(
    private readonly sink: RecordSink,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  /** Records that the sink took, and attempts that failed, since the start. */
  get stats(): { readonly records: number; readonly faults: number } {
    return this.counted;
  }

  /** Since when the oldest of them waits, in epoch milliseconds; null where nothing does. */
  get oldest(): number | null {
    return earliest(this.queue.map(({ segment }) => segment.since));
  }

  /** @param drained called when the segment is gone */
  add(segment: ClosedSegment, drained: () => void): void {
    // What has to wait is read again when its turn comes: a sink that is away must not fill the memory.
    const stays = this.queue.length < SEGMENTS_IN_MEMORY || segment.path === null;
    const waiting = stays ? segment : { ...segment, records: null };
    this.queue.push({ segment: waiting, drained, awaited: [] });
    this.running ??= this.run();
  }

  /** Resolves when the sink has all that waits for it now; never, where this is stopped first. */
  emptied(): Promise<void> {
    const last = this.queue.at(-1);
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      last.awaited.push(resolve);
    });
  }

  /** Drains on for at most `ms`, then stops; what is left stays on disk. */
  async finish(ms: number): Promise<void> {
    // a sink may never come back
    if (this.running !== null) await within(ms, this.running, () => undefined);
    this.stopped = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    for (let entry = this.queue[0]; entry !== undefined && !this.stopped; entry = this.queue[0]) {
      if (!(await this.drainWhole(entry.segment))) break;
      this.queue.shift();
      entry.drained();
      for (const tell of entry.awaited) tell();
    }
    this.running = null;
  }

  /** @returns false when it was stopped before the end */
  private async drainWhole(segment: ClosedSegment): Promise<boolean> {
    let records: readonly CallRecord[] | null = null;
    for (let done = 0, pause = FIRST_PAUSE_MS; !this.stopped;) {
      try {
        records ??= await this.read(segment);
        if (done >= records.length) {
          if (segment.path !== null) await removeSegment(segment.path);
          return true;
        }
        const batch = records.slice(done, done + BATCH);
        await this.sink(batch);
        this.counted.records += batch.length;
        done += BATCH;
        pause = FIRST_PAUSE_MS;
      } catch (fault) {
        this.counted.faults += 1;
        this.onFault(fault);
        await this.sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
    return false;
  }

  private async read(segment: ClosedSegment): Promise<readonly CallRecord[]> {
    const { path, records: inMemory } = segment;
    if (inMemory !== null) return inMemory;
    if (path === null || !existsSync(path)) {
      this.onFault(new Error('a segment of the call journal was taken away'));
      return [];
    }
    const { records, damaged } = await readSegment(path, segment);
    if (damaged > 0) this.onFault(new Error(`the call journal has ${damaged} unreadable records`));
    return records;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
