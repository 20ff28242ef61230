import { close, ftruncateSync, open, readFile, rm, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CallRecord } from './journal';
import { decodeLine } from './record';

const openFile = promisify(open);
const closeFile = promisify(close);
const readWhole = promisify(readFile);
const removeFile = promisify(rm);

/** A file of records that nobody writes to any more. */
export interface ClosedSegment {
  readonly path: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly since: number;
  /** What is in it, where that is still in memory; null: it must be read. */
  readonly records: readonly CallRecord[] | null;
  /** It is the last of a worker that died: calls that it says were under way never ended. */
  readonly isLastOfDead: boolean;
}

const NAME = /^([0-9a-f-]{36})\.(?:\d{12}\.ndjson|lock)$/;

/** The lock of one worker: held while it lives. */
export function lockPath(directory: string, worker: string): string {
  return join(directory, `${worker}.lock`);
}

/** The worker that a segment or a lock belongs to; null for any other file. */
export function workerOf(fileName: string): string | null {
  return NAME.exec(fileName)?.[1] ?? null;
}

/** The file that one worker appends its records to. */
export class OpenSegment {
  bytes = 0;
  readonly since = Date.now();
  private readonly records: CallRecord[] = [];

  private constructor(
    readonly path: string,
    private readonly descriptor: number,
  ) {}

  static async create(directory: string, worker: string, number: number): Promise<OpenSegment> {
    const path = join(directory, `${worker}.${String(number).padStart(12, '0')}.ndjson`);
    return new OpenSegment(path, await openFile(path, 'ax', 0o600));
  }

  /** Has it records to drain? What is under way is none yet. */
  get hasRecords(): boolean {
    return this.records.length > 0;
  }

  /**
   * Appends all of `lines`, which are those of `records`, or nothing: what a failed write left behind is cut off again. It writes into the page
   * cache, at once: handing a few hundred bytes to another thread and back costs several times as much.
   */
  append(lines: Buffer, records: readonly CallRecord[]): void {
    try {
      for (let done = 0; done < lines.length;) done += writeSync(this.descriptor, lines, done);
    } catch (error) {
      ftruncateSync(this.descriptor, this.bytes);
      throw error;
    }
    this.bytes += lines.length;
    for (const record of records) this.records.push(record);
  }

  async close(): Promise<ClosedSegment> {
    await closeFile(this.descriptor);
    const { path, bytes, since, records } = this;
    return { path, bytes, since, records, isLastOfDead: false };
  }
}

/**
 * The records of a closed segment, in order. A torn last line is of a call whose answer never left. Calls that were
 * under way are in every segment from their beginning to their end, so the last segment of a dead worker knows those
 * that it left without one.
 * @returns `damaged`: how many whole lines could not be read
 */
export async function readSegment({
  path,
  isLastOfDead,
}: ClosedSegment): Promise<{ records: CallRecord[]; damaged: number }> {
  const texts = (await readWhole(path, 'utf8')).split('\n');
  texts.pop();
  const written = texts.filter((text) => text !== '');
  const lines = written.map(decodeLine).filter((line) => line !== null);
  const records = lines.filter(({ begun }) => !begun).map(({ record }) => record);
  if (isLastOfDead) {
    const ended = new Set(records.map(({ requestId }) => requestId));
    const left = lines.filter(({ begun, record }) => begun && !ended.has(record.requestId));
    records.push(...left.map(({ record }) => record));
  }
  return { records, damaged: written.length - lines.length };
}

export async function removeSegment(path: string): Promise<void> {
  await removeFile(path, { force: true });
}
