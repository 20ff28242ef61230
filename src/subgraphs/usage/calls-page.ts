import { AlgogateError } from '../../domain/errors';
import type { CallReader } from './calls-reader';
import type { Place, StoredCall } from './calls-store';

/**
 * The most calls that are looked at for one page that does not want all of them. Where few match, a page is short, or
 * has nothing on it, and the next one goes on from there: no page ever reads a whole history.
 */
export const MOST_LOOKED_AT = 2_000;
const AT_ONCE = 250;

/** Calls of a page, in order, and the call after which the next one begins. */
export interface CallPage {
  readonly calls: readonly StoredCall[];
  readonly end: StoredCall | null;
  readonly hasNext: boolean;
}

/** @param matches null: all of them do */
export async function readPage(
  reader: CallReader,
  first: number,
  matches: ((call: StoredCall) => boolean) | null,
): Promise<CallPage> {
  if (matches === null) return pageOf(await reader.next(first + 1), first);
  const found: StoredCall[] = [];
  let end: StoredCall | null = null;
  for (let lookedAt = 0; lookedAt < MOST_LOOKED_AT; lookedAt += AT_ONCE) {
    const calls = await reader.next(AT_ONCE);
    found.push(...calls.filter(matches));
    if (found.length > first || calls.length < AT_ONCE) return pageOf(found, first);
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

const CURSOR_KEY = /^(\d{1,15}) ([\w-]{1,64})$/;

/** @throws AlgogateError INVALID_INPUT for a key that `cursorKeyOf` did not make */
export function parseCursorKey(key: string): Omit<Place, 'algorithmId'> {
  const [, startedAt, requestId] = CURSOR_KEY.exec(key) ?? [];
  if (startedAt === undefined || requestId === undefined) {
    throw new AlgogateError('INVALID_INPUT', 'after is no cursor of ours', ['after']);
  }
  return { startedAt: Number(startedAt), requestId };
}
