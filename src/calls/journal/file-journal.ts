import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Drain } from './drain';
import type { CallRecord, Journal, RecordSink } from './journal';
import { takeLeftovers, type Leftover } from './leftovers';
import { FileLock } from './lock';
import { encodeBegun, encodeRecord } from './record';
import { lockPath, OpenSegment, type ClosedSegment } from './segment';

export interface FileJournalOptions {
  /** On a disk of this machine; workers and their successors share it. */
  readonly directory: string;
  readonly sink: RecordSink;
  /** Of this worker, what it took over included. */
  readonly maxBytes: number;
  /** A segment this large is closed, and drained. */
  readonly segmentBytes?: number;
  /** So is one this old, in milliseconds; failed writes are tried again this often. */
  readonly rotateMs?: number;
  /** How often dead workers are looked for after the start, in milliseconds. */
  readonly leftoverMs?: number;
  /** Told of failing writes and of a failing sink, for the log. */
  readonly onFault?: (fault: unknown) => void;
}

/** Records that are written together, and all who wait for them. */
interface Group {
  readonly records: CallRecord[];
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * The journal of one worker: files of NDJSON, appended to in groups (all records of a moment in one `write(2)`),
 * closed by size and age, drained into the sink, deleted after that. What a dead worker left is drained too.
 * Source: chapter 6, "No answer unmetered".
 */
export class FileJournal implements Journal {
  private readonly worker: string;
  private readonly lock: FileLock;
  private readonly adopted = new Set<Leftover>();
  private readonly drain: Drain;
  private readonly timers: NodeJS.Timeout[];
  private segment: OpenSegment | null = null;
  private segments = 0;
  /** Of calls under way whose callers have their answers, by request id. */
  private readonly begun = new Map<string, CallRecord>();
  private lines = '';
  private group: Group | null = null;
  private working: Promise<void> | null = null;
  private rotationDue = false;
  private failing = false;
  private closed = false;
  private held = 0;

  /** Opens the journal of this worker, and takes over those of dead ones. */
  constructor(private readonly options: FileJournalOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const { worker, lock } = newWorker(options.directory);
    this.worker = worker;
    this.lock = lock;
    this.drain = new Drain(options.sink, (fault) => {
      options.onFault?.(fault);
    });
    this.timers = [
      setInterval(() => {
        this.rotate();
      }, options.rotateMs ?? 500).unref(),
      setInterval(() => {
        this.lookForLeftovers();
      }, options.leftoverMs ?? 30_000).unref(),
    ];
    this.takeLeftovers();
  }

  /** Bytes on disk that the sink has not yet. */
  get bytes(): number {
    return this.held;
  }

  /** Since when the oldest record waits for the sink, in epoch milliseconds; null where none does. */
  get oldest(): number | null {
    return this.drain.oldest ?? (this.segment?.hasRecords === true ? this.segment.since : null);
  }

  admitting(): boolean {
    return !this.failing && !this.closed && this.held < this.options.maxBytes;
  }

  begin(record: CallRecord): Promise<void> {
    if (this.closed) return CLOSED();
    this.begun.set(record.requestId, record);
    return this.write(encodeBegun(record)).promise;
  }

  append(record: CallRecord): Promise<void> {
    if (this.closed) return CLOSED();
    this.begun.delete(record.requestId);
    const group = this.write(encodeRecord(record));
    group.records.push(record);
    return group.promise;
  }

  private write(line: string): Group {
    this.lines += line;
    this.working ??= this.work();
    return (this.group ??= newGroup());
  }

  /** Writes what is pending and drains for at most `drainMs`; what is left is drained by the next worker. */
  async close(drainMs = 5_000): Promise<void> {
    if (this.closed) return;
    // who ends after this has no journal to end in
    for (const record of [...this.begun.values()]) this.append(record).catch(() => undefined);
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    this.rotationDue = true;
    await (this.working ??= this.work());
    await this.drain.finish(drainMs);
    for (const { lock } of this.adopted) lock.release(false);
    this.lock.release(this.drain.oldest === null);
  }

  /** Closes the current segment at the next occasion; tries a failing disk again. */
  private rotate(): void {
    if (!this.failing && this.segment?.hasRecords !== true) return;
    this.rotationDue = true;
    this.working ??= this.work();
  }

  /** One at a time: writes groups and closes segments until nothing is to be done. */
  private async work(): Promise<void> {
    await new Promise(setImmediate); // all that this turn of the event loop records goes into one write
    while (this.group !== null || this.rotationDue) {
      if (this.group !== null) await this.commit(this.group);
      if (this.closed && this.group !== null) continue; // the last segment has all that came before the end
      if (this.rotationDue || (this.segment?.bytes ?? 0) >= (this.options.segmentBytes ?? 8 * 1024 * 1024)) {
        await this.closeSegment();
      }
    }
    this.working = null;
  }

  private async commit(group: Group): Promise<void> {
    const lines = Buffer.from(this.lines);
    this.lines = '';
    this.group = null;
    try {
      this.segment ??= await this.openSegment();
      this.segment.append(lines, group.records);
      this.held += lines.length;
      group.resolve();
    } catch (fault) {
      this.failing = true;
      this.options.onFault?.(fault);
      group.reject(fault);
    }
  }

  private openSegment(): Promise<OpenSegment> {
    this.segments += 1;
    return OpenSegment.create(this.options.directory, this.worker, this.segments);
  }

  private async closeSegment(): Promise<void> {
    this.rotationDue = false;
    const { segment } = this;
    this.segment = null;
    try {
      const ended = await segment?.close();
      // before the old one is drained and deleted: what is still under way must be in one that stays
      if (this.failing) await this.probe();
      else if (this.begun.size > 0) await this.carryOn();
      if (ended !== undefined) this.drainLater(ended);
    } catch (fault) {
      this.options.onFault?.(fault);
    }
  }

  /** Begins a segment with the calls that are under way. */
  private async carryOn(): Promise<void> {
    this.segment = await this.openSegment();
    const lines = Buffer.from([...this.begun.values()].map(encodeBegun).join(''));
    this.segment.append(lines, []);
    this.held += lines.length;
  }

  /** An empty line says that the disk takes writes again. */
  private async probe(): Promise<void> {
    await this.carryOn();
    this.segment?.append(Buffer.from('\n'), []);
    this.held += 1;
    this.failing = false;
  }

  private drainLater(segment: ClosedSegment, then?: () => void): void {
    this.drain.add(segment, () => {
      this.held -= segment.bytes;
      then?.();
    });
  }

  /** What goes wrong in a timer is told; it must not end the process. */
  private lookForLeftovers(): void {
    try {
      this.takeLeftovers();
    } catch (fault) {
      this.options.onFault?.(fault);
    }
  }

  private takeLeftovers(): void {
    for (const leftover of takeLeftovers(this.options.directory, this.worker)) {
      this.adopted.add(leftover);
      let left = leftover.segments.length;
      for (const segment of leftover.segments) {
        this.held += segment.bytes;
        this.drainLater(segment, () => {
          left -= 1;
          if (left > 0) return;
          this.adopted.delete(leftover);
          leftover.lock.release(true);
        });
      }
    }
  }
}

/** A worker by a name of its own. One that looks for the dead may hold its lock for a moment: then another name. */
function newWorker(directory: string): { worker: string; lock: FileLock } {
  for (;;) {
    const worker = randomUUID();
    const lock = FileLock.acquire(lockPath(directory, worker));
    if (lock !== null) return { worker, lock };
  }
}

const CLOSED = (): Promise<never> => Promise.reject(new Error('the call journal is closed'));

function newGroup(): Group {
  let resolve!: () => void;
  let reject!: (fault: unknown) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { records: [], promise, resolve, reject };
}
