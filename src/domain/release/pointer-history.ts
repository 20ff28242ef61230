import type { MoveKind } from '../terms';

/** One move of a pointer: of a channel, or of an artifact in a manifest. Null: nowhere. */
export interface PointerMove<Id> {
  readonly kind: MoveKind;
  readonly from: Id | null;
  readonly to: Id | null;
}

/**
 * Where a rollback takes a pointer: to the last that it pointed to, below the current one, and that is still good; null
 * where none is, and it then points nowhere. The history is a stack: a move pushes, back to an earlier one too, and a
 * rollback pops what it goes back over. So a second rollback goes further back, and never forth again. Linear.
 * Source: chapter 3, "Channels" and "Model artifacts".
 * @param moves oldest first
 */
export function rollbackTarget<Id extends string | number>(
  moves: readonly PointerMove<Id>[],
  isGood: (id: Id) => boolean,
): Id | null {
  const stack = moves.reduce<(Id | null)[]>(follow, []);
  const current = stack.pop() ?? null;
  // going back to what it points to already would be no way out of it
  return stack.findLast((id): id is Id => id !== null && id !== current && isGood(id)) ?? null;
}

/** What it pointed to last, whether or not it still does; null where it never pointed anywhere. */
export function lastPointedTo<Id extends string | number>(moves: readonly PointerMove<Id>[]): Id | null {
  const last = moves.findLast(({ from, to }) => to !== null || from !== null);
  return last?.to ?? last?.from ?? null;
}

/** The stack after one more move: what it points to is on top. Changes `stack`. */
function follow<Id>(stack: (Id | null)[], { kind, from, to }: PointerMove<Id>): (Id | null)[] {
  if (kind === 'ROLLBACK') {
    // nothing that it passed over on its way to nowhere is gone back to later
    while (stack.length > 0 && (to === null || stack.at(-1) !== to)) stack.pop();
  } else if (stack.length === 0 && from !== null) {
    stack.push(from); // a channel that was computed until its owner took it over
  }
  if (kind === 'MOVE' || stack.length === 0) stack.push(to);
  return stack;
}
