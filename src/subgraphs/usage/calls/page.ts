import { pairOfKey } from '../../shared/paging';
import type { CallReader } from './reader';
import type { Matches } from './selection';
import type { Place, StoredCall } from './store';

const AT_ONCE = 250;

/** Calls of a page, in order, and the call after which the next one begins. */
interface CallPage {
  readonly calls: readonly StoredCall[];
  readonly end: StoredCall | null;
  readonly hasNext: boolean;
}

/**
 * @param matches null: all of them do
 * @param most how many calls are looked at for the page, unless all match
 */
export async function readPage(
  reader: CallReader,
  first: number,
  matches: Matches | null,
  most: number,
): Promise<CallPage> {
  if (matches === null) return pageOf(await reader.next(first + 1), first);
  const found: StoredCall[] = [];
  let end: StoredCall | null = null;
  const atOnce = Math.min(AT_ONCE, most);
  for (let lookedAt = 0; lookedAt < most; lookedAt += atOnce) {
    const calls = await reader.next(atOnce);
    found.push(...(await matches(calls)));
    if (found.length > first || calls.length < atOnce) return pageOf(found, first);
    end = calls.at(-1) ?? end;
  }
  return { calls: found, end, hasNext: true };
}

/** @param found one more than the page holds, where there is a next one */
function pageOf(found: readonly StoredCall[], first: number): CallPage {
  const calls = found.slice(0, first);
  return { calls, end: calls.at(-1) ?? null, hasNext: found.length > first };
}

/** What a cursor says: when a call started, and its request id. Both are on the record that it was given with. */
export function cursorKeyOf({ startedAt, requestId }: Omit<Place, 'algorithmId'>): string {
  return `${startedAt} ${requestId}`;
}

/** @throws AlgogateError INVALID_INPUT for a key that `cursorKeyOf` did not make */
export function parseCursorKey(key: string): Omit<Place, 'algorithmId'> {
  const [startedAt, requestId] = pairOfKey(key);
  return { startedAt, requestId };
}
