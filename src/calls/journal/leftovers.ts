import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileLock } from './lock';
import { lockPath, workerOf, type ClosedSegment } from './segment';

/** What one dead worker left. */
export interface Leftover {
  /** In the order in which they were written. */
  readonly segments: readonly ClosedSegment[];
  readonly lock: FileLock;
}

/**
 * Takes over the segments of workers that are dead: whose lock can be had. From then on nobody else can.
 * @param self whose own segments are left alone
 */
export function takeLeftovers(directory: string, self: string): Leftover[] {
  const workers = new Set(readdirSync(directory).map(workerOf));
  const leftovers: Leftover[] = [];
  for (const worker of workers) {
    if (worker === null || worker === self) continue;
    const lock = FileLock.acquire(lockPath(directory, worker));
    if (lock === null) continue;
    const segments = segmentsOf(directory, worker); // listed under the lock: another may just have finished
    if (segments.length === 0) lock.release(true);
    else leftovers.push({ segments, lock });
  }
  return leftovers;
}

function segmentsOf(directory: string, worker: string): ClosedSegment[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson') && workerOf(name) === worker)
    .sort()
    .map((name, at, names) => {
      const path = join(directory, name);
      const { size, mtimeMs } = statSync(path);
      return { path, bytes: size, since: mtimeMs, records: null, isLastOfDead: at === names.length - 1 };
    });
}
