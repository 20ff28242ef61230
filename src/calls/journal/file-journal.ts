import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { FileLock } from '../../database';
import type { CallRecord, RecordSink } from '../../domain/usage/call';
import { Drain, earliest } from './drain';
import type { Journal } from './journal';
import { takeLeftovers, type Leftover } from './leftovers';
import { encodeBegun, encodeRecord } from './record';
import { lockPath, OpenSegment, type ClosedSegment } from './segment';
import { UnderWay } from './under-way';

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
  /** Told of each record as soon as it is written, for the metrics; it must not throw. */
  readonly onRecorded?: (record: CallRecord) => void;
  /** Told of failing writes and of a failing sink, for the log. */
  readonly onFault?: (fault: unknown) => void;
}

/** Records that are written together, and all who wait for them. */
interface Group {
  readonly records: CallRecord[];
  readonly begun: CallRecord[];
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
  private readonly underWay = new UnderWay();
  /** Segments that nobody writes to any more, and which wait until what is under way is in another. */
  private readonly ended: ClosedSegment[] = [];
  /** Ends of calls that were under way and that the disk did not take. */
  private owed: CallRecord[] = [];
  /** Since when the first of these. */
  private owedSince = 0;
  private lines = '';
  private group: Group | null = null;
  private working: Promise<void> | null = null;
  private rotationDue = false;
  private failing = false;
  private round: Promise<void> = Promise.resolve();
  private nextRound: Promise<void> | null = null;
  private closed = false;
  private held = 0;
  private ownWaiting = 0;

  private readonly onFault = (fault: unknown): void => {
    this.options.onFault?.(fault);
  };

  /** Opens the journal of this worker, and takes over those of dead ones. */
  constructor(private readonly options: FileJournalOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const { worker, lock } = newWorker(options.directory);
    this.worker = worker;
    this.lock = lock;
    this.drain = new Drain(options.sink, this.onFault);
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

  /** Records of this process that the sink has not yet. */
  get waiting(): number {
    return this.ownWaiting;
  }

  /** Records that the sink took, those of dead workers included, and attempts that failed. */
  get drained(): Drain['stats'] {
    return this.drain.stats;
  }

  /** Since when the oldest record waits for the sink, in epoch milliseconds; null where none does. */
  get oldest(): number | null {
    const { drain, segment, owed } = this;
    return earliest([
      ...(drain.oldest === null ? [] : [drain.oldest]),
      ...this.ended.filter(hasRecords).map(({ since }) => since),
      ...(owed.length > 0 ? [this.owedSince] : []),
      ...(segment?.hasRecords === true ? [segment.since] : []),
    ]);
  }

  /**
   * Resolves when the sink has all that was recorded before, and all that dead workers left before.
   * @throws Error where the disk keeps it from being handed over
   */
  whenDrained(): Promise<void> {
    return (this.nextRound ??= this.drainNext());
  }

  /** Whoever asks while one round is under way waits for the next, all of them together. */
  private async drainNext(): Promise<void> {
    await this.round;
    this.nextRound = null;
    const round = this.drainAll();
    this.round = round.catch(() => undefined);
    await round;
  }

  private async drainAll(): Promise<void> {
    this.lookForLeftovers();
    const waits = this.group !== null || this.segment?.hasRecords === true;
    if (waits || this.isHeldBack) this.rotationDue = true;
    if (this.rotationDue || this.working !== null) await (this.working ??= this.work());
    if (this.isHeldBack) throw new Error('the disk of the call journal refuses what is under way');
    await this.drain.emptied();
  }

  /** Whether records wait for the disk to take what is under way. */
  private get isHeldBack(): boolean {
    return this.owed.length > 0 || this.ended.some(hasRecords);
  }

  admitting(): boolean {
    return !this.failing && !this.closed && this.held < this.options.maxBytes;
  }

  begin(record: CallRecord): Promise<void> {
    if (this.closed) return CLOSED();
    this.underWay.begin(record);
    const group = this.write(encodeBegun(record));
    group.begun.push(record);
    return group.promise;
  }

  append(record: CallRecord): Promise<void> {
    if (this.closed) return CLOSED();
    this.underWay.end(record);
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
    for (const record of this.underWay.open) this.append(record).catch(() => undefined);
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
      this.underWay.leave(group.records);
      this.recorded(group.records);
      group.resolve();
    } catch (fault) {
      this.failing = true;
      this.onFault(fault);
      this.underWay.leave(group.begun); // their callers hear of the fault, and have no answer
      if (this.owed.length === 0) this.owedSince = Date.now();
      this.owed.push(...this.underWay.leave(group.records));
      group.reject(fault);
    }
  }

  private recorded(records: readonly CallRecord[]): void {
    this.ownWaiting += records.length;
    if (this.options.onRecorded !== undefined) records.forEach(this.options.onRecorded);
  }

  /** A segment begins with the calls that are under way. */
  private async openSegment(): Promise<OpenSegment> {
    this.segments += 1;
    const { directory } = this.options;
    const segment = await OpenSegment.create(directory, this.worker, this.segments, this.underWay.lines);
    this.held += segment.bytes;
    return segment;
  }

  private async closeSegment(): Promise<void> {
    this.rotationDue = false;
    await this.endSegment();
    try {
      // before the old ones are drained and deleted: what is still under way must be in one that stays
      if (this.failing) await this.probe();
      else if (!this.underWay.isEmpty) this.segment ??= await this.openSegment();
    } catch (fault) {
      this.failing = true;
      this.onFault(fault);
    }
    if (!this.failing || this.underWay.isEmpty) this.drainEnded();
  }

  /** One that nothing was written to goes on: a disk that refuses would be given one after the other. */
  private async endSegment(): Promise<void> {
    const { segment } = this;
    if (segment === null || (segment.bytes === 0 && !this.closed)) return;
    this.ended.push(await segment.close(this.onFault));
    this.segment = null;
  }

  /** An empty line says that the disk takes writes again. */
  private async probe(): Promise<void> {
    this.segment ??= await this.openSegment();
    this.segment.append(Buffer.from('\n'), []);
    this.held += 1;
    this.failing = false;
  }

  /** The segments that tell of the beginning of a call are deleted after its end was drained, not before. */
  private drainEnded(): void {
    const records = this.owed;
    if (records.length > 0) {
      this.owed = [];
      this.recorded(records);
      const inMemory = { path: null, bytes: 0, since: this.owedSince, ownRecords: records.length };
      this.drainLater({ ...inMemory, records, isLastOfDead: false });
    }
    for (const segment of this.ended.splice(0)) this.drainLater(segment);
  }

  private drainLater(segment: ClosedSegment, then?: () => void): void {
    this.drain.add(segment, () => {
      this.held -= segment.bytes;
      this.ownWaiting -= segment.ownRecords;
      then?.();
    });
  }

  /** What goes wrong in a timer is told; it must not end the process. */
  private lookForLeftovers(): void {
    try {
      this.takeLeftovers();
    } catch (fault) {
      this.onFault(fault);
    }
  }

  private takeLeftovers(): void {
    for (const leftover of takeLeftovers(this.options.directory, this.worker, this.onFault)) {
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

function hasRecords({ ownRecords }: ClosedSegment): boolean {
  return ownRecords > 0;
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
  return { records: [], begun: [], promise, resolve, reject };
}
