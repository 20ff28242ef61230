import { close, ftruncateSync, open, readFile, rm, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CallRecord } from './journal';
import { decodeRecord } from './record';

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
    return { path: this.path, bytes: this.bytes, since: this.since, records: this.records };
  }
}

/**
 * The records of a closed segment, in order. A torn last line is of a call whose answer never left.
 * @returns `damaged`: how many whole lines could not be read
 */
export async function readSegment(path: string): Promise<{ records: CallRecord[]; damaged: number }> {
  const lines = (await readWhole(path, 'utf8')).split('\n');
  lines.pop();
  const written = lines.filter((line) => line !== '');
  const records = written.map(decodeRecord).filter((record) => record !== null);
  return { records, damaged: written.length - records.length };
}

export async function removeSegment(path: string): Promise<void> {
  await removeFile(path, { force: true });
}
