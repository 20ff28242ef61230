import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileLock } from '../../database';
import { lockPath, UNFINISHED, workerOf, type ClosedSegment } from './segment';

/** What one dead worker left. */
export interface Leftover {
  /** In the order in which they were written. */
  readonly segments: readonly ClosedSegment[];
  readonly lock: FileLock;
}

/**
 * Takes over the segments of workers that are dead: whose lock can be had. From then on nobody else can.
 * @param self whose own segments are left alone
 * @param onFault told of a worker whose files cannot be had: the others' are
 */
export function takeLeftovers(
  directory: string,
  self: string,
  onFault: (fault: unknown) => void,
): Leftover[] {
  const workers = new Set(readdirSync(directory).map(workerOf));
  const leftovers: Leftover[] = [];
  for (const worker of workers) {
    if (worker === null || worker === self) continue;
    try {
      const leftover = takeLeftover(directory, worker);
      if (leftover !== null) leftovers.push(leftover);
    } catch (fault) {
      onFault(fault);
    }
  }
  return leftovers;
}

function takeLeftover(directory: string, worker: string): Leftover | null {
  const lock = FileLock.acquire(lockPath(directory, worker));
  if (lock === null) return null;
  try {
    const segments = segmentsOf(directory, worker); // listed under the lock: another may just have finished
    if (segments.length > 0) return { segments, lock };
    lock.release(true);
    return null;
  } catch (fault) {
    lock.release(false);
    throw fault;
  }
}

function segmentsOf(directory: string, worker: string): ClosedSegment[] {
  const names = readdirSync(directory).filter((name) => workerOf(name) === worker);
  // its first lines are in the segment before it as well
  for (const name of names.filter((it) => it.endsWith(UNFINISHED))) rmSync(join(directory, name));
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .map((name, at, segments) => {
      const path = join(directory, name);
      const { size, mtimeMs } = statSync(path);
      const isLastOfDead = at === segments.length - 1;
      return { path, bytes: size, since: mtimeMs, records: null, ownRecords: 0, isLastOfDead };
    });
}
