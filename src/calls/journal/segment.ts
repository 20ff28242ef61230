import { close, closeSync, ftruncateSync, open, readFile, renameSync, rm, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CallRecord } from '../../domain/usage/call';
import { decodeLine } from './record';

const openFile = promisify(open);
const closeFile = promisify(close);
const readWhole = promisify(readFile);
const removeFile = promisify(rm);

/** A file of records that nobody writes to any more. */
export interface ClosedSegment {
  /** Null: it is in memory alone, since the disk did not take it. */
  readonly path: string | null;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly since: number;
  /** What is in it, where that is still in memory; null: it must be read. */
  readonly records: readonly CallRecord[] | null;
  /** How many records this process put into it. */
  readonly ownRecords: number;
  /** It is the last of a worker that died: calls that it says were under way never ended. */
  readonly isLastOfDead: boolean;
}

const NAME = /^([0-9a-f-]{36})\.(?:\d{12}\.ndjson(?:\.new)?|lock)$/;
/** Behind the name of a segment whose first lines are being written. */
export const UNFINISHED = '.new';

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

  /**
   * @param first lines that are in it as soon as it is there: were they not, a death in between would leave a last
   * segment that does not know what was under way
   */
  static async create(
    directory: string,
    worker: string,
    number: number,
    first: Buffer,
  ): Promise<OpenSegment> {
    const path = join(directory, `${worker}.${String(number).padStart(12, '0')}.ndjson`);
    if (first.length === 0) return new OpenSegment(path, await openFile(path, 'ax', 0o600));
    const unfinished = `${path}${UNFINISHED}`;
    const segment = new OpenSegment(path, await openFile(unfinished, 'ax', 0o600));
    try {
      segment.append(first, []);
      renameSync(unfinished, path);
      return segment;
    } catch (error) {
      closeSync(segment.descriptor);
      rmSync(unfinished, { force: true });
      throw error;
    }
  }

  /** Has it records to drain? What is under way is none yet. */
  get hasRecords(): boolean {
    return this.records.length > 0;
  }

  /**
   * Appends all of `lines`, which are those of `records`, or nothing: what a failed write left behind is cut off
   * again. It writes into the page cache, at once: handing a few hundred bytes to another thread and back costs
   * several times as much.
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

  /** @param onFault told where closing fails: what was written is there all the same */
  async close(onFault: (fault: unknown) => void): Promise<ClosedSegment> {
    await closeFile(this.descriptor).catch(onFault);
    const { path, bytes, since, records } = this;
    return { path, bytes, since, records, ownRecords: records.length, isLastOfDead: false };
  }
}

/**
 * The records of a closed segment, in order. A torn last line is of a call whose answer never left. Calls that were
 * under way are in every segment from their beginning to their end, so the last segment of a dead worker knows those
 * that it left without one.
 * @returns `damaged`: how many whole lines could not be read
 */
export async function readSegment(
  path: string,
  { isLastOfDead }: Pick<ClosedSegment, 'isLastOfDead'>,
): Promise<{ records: CallRecord[]; damaged: number }> {
  const texts = (await readWhole(path, 'utf8')).split('\n');
  texts.pop();
  const written = texts.filter((text) => text !== '');
  const lines = written.map(decodeLine).filter((line) => line !== null);
  const records = lines.filter(({ begun }) => !begun).map(({ record }) => record);
  if (isLastOfDead) {
    const ended = new Set(records.map(({ requestId }) => requestId));
    const left = lines.map(({ record }) => record).filter(({ requestId }) => !ended.has(requestId));
    // a call may have begun while the segment did, and is in it twice then
    records.push(...new Map(left.map((record) => [record.requestId, record])).values());
  }
  return { records, damaged: written.length - lines.length };
}

export async function removeSegment(path: string): Promise<void> {
  await removeFile(path, { force: true });
}
