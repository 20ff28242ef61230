import fc from 'fast-check';

import { lastPointedTo, type PointerMove, rollbackTarget } from '../../../src/domain/release';

/** `A` moves there, `<A` rolls back there, `<` rolls back to nowhere. */
function history(...steps: readonly string[]): PointerMove<string>[] {
  let at: string | null = null;
  return steps.map((step) => {
    const from = at;
    at = step.replace('<', '') || null;
    return { kind: step.startsWith('<') ? 'ROLLBACK' : 'MOVE', from, to: at };
  });
}

const TABLE: readonly (readonly [steps: string, bad: string, target: string | null])[] = [
  ['', '', null],
  ['A', '', null],
  ['A B', '', 'A'],
  ['A B C', '', 'B'],
  ['A B C', 'B', 'A'],
  ['A B C', 'AB', null],
  ['A B C', 'C', 'B'],
  // a second rollback goes further back, and never forth again
  ['A B C <B', '', 'A'],
  ['A B C <B <A', '', null],
  ['A B C <A', '', null],
  ['A B C <B D', '', 'B'],
  ['A B C <B D <B', '', 'A'],
  // what was passed over is gone, also when it is good again
  ['A B C <A D', '', 'A'],
  ['A B C <A D', 'A', null],
  // back to an earlier one by a move is a move
  ['A B A', '', 'B'],
  ['A B A', 'B', null],
  ['A B A <B', '', 'A'],
  ['A B A B', '', 'A'],
  ['A B A B <A', '', 'B'],
  ['A B A C', 'A', 'B'],
  // to nowhere, and on from there
  ['A B <', '', null],
  ['A B < C', '', null],
  ['A B < C D', '', 'C'],
];

test.each(TABLE)('after "%s", where "%s" are bad, a rollback goes to %s', (steps, bad, target) => {
  const moves = history(...steps.split(' ').filter((step) => step !== ''));
  expect(rollbackTarget(moves, (id) => !bad.includes(id))).toBe(target);
});

test('a channel that was computed until it was taken over goes back to what it was then', () => {
  const moves: PointerMove<number>[] = [
    { kind: 'MOVE', from: 12, to: 11 },
    { kind: 'MOVE', from: 11, to: 13 },
  ];
  expect(rollbackTarget(moves, () => true)).toBe(11);
  expect(rollbackTarget(moves, (id) => id !== 11)).toBe(12);
});

test('a pointer that was moved to nowhere goes back over that, and not to it', () => {
  const moves: PointerMove<string>[] = [
    { kind: 'MOVE', from: null, to: 'A' },
    { kind: 'MOVE', from: 'A', to: null },
    { kind: 'MOVE', from: null, to: 'B' },
  ];
  expect(rollbackTarget(moves, () => true)).toBe('A');
  expect(rollbackTarget(moves, () => false)).toBeNull();
  expect(rollbackTarget([...moves, { kind: 'ROLLBACK', from: 'B', to: null }], () => true)).toBeNull();
});

test('a history with a hole in it ends where its last move says', () => {
  expect(rollbackTarget(history('A', 'B', '<X', 'C'), () => true)).toBe('X');
});

test('what it pointed to last outlives that it points nowhere', () => {
  expect(lastPointedTo(history())).toBeNull();
  expect(lastPointedTo(history('A', 'B'))).toBe('B');
  expect(lastPointedTo(history('A', 'B', '<A'))).toBe('A');
  expect(lastPointedTo(history('A', 'B', '<'))).toBe('B');
  expect(lastPointedTo(history('A', 'B', '<', '<'))).toBe('B');
});

/** What a pointer points to, and what it would go back over to: a history that is a chain instead of a list. */
interface Node {
  readonly id: number;
  readonly below: Node | null;
}

function backFrom(node: Node | null, bad: ReadonlySet<number>): Node | null {
  let candidate = node?.below ?? null;
  while (candidate !== null && (candidate.id === node?.id || bad.has(candidate.id)))
    candidate = candidate.below;
  return candidate;
}

const ids = fc.integer({ min: 1, max: 5 });
const actions = fc.array(
  fc.oneof(
    fc.record({ action: fc.constant('move' as const), id: ids }),
    fc.record({ action: fc.constant('spoil' as const), id: ids }),
    fc.record({ action: fc.constant('mend' as const), id: ids }),
    fc.record({ action: fc.constant('rollback' as const), id: ids }),
  ),
  { maxLength: 40 },
);

test('it goes where a pointer that remembers its own way would go', () => {
  fc.assert(
    fc.property(actions, (all) => {
      const moves: PointerMove<number>[] = [];
      const bad = new Set<number>();
      let node: Node | null = null;
      for (const { action, id } of all) {
        const from: number | null = node?.id ?? null;
        if (action === 'spoil') bad.add(id);
        if (action === 'mend') bad.delete(id);
        if (action === 'move') {
          node = { id, below: node };
          moves.push({ kind: 'MOVE', from, to: id });
        }
        if (action === 'rollback') {
          node = backFrom(node, bad);
          const to = rollbackTarget(moves, (candidate) => !bad.has(candidate));
          expect(to).toBe(node?.id ?? null);
          moves.push({ kind: 'ROLLBACK', from, to });
        }
      }
      expect(rollbackTarget(moves, (candidate) => !bad.has(candidate))).toBe(backFrom(node, bad)?.id ?? null);
    }),
    { numRuns: 1000 },
  );
});

test('rolled back again and again it comes to nowhere, and to nothing that is bad or where it is', () => {
  fc.assert(
    fc.property(fc.array(ids, { maxLength: 20 }), fc.uniqueArray(ids), (targets, bad) => {
      const moves = history(...targets.map(String));
      const isGood = (id: string) => !bad.map(String).includes(id);
      let current = moves.at(-1)?.to ?? null;
      for (let step = 0; step <= targets.length; step += 1) {
        const to = rollbackTarget(moves, isGood);
        if (to !== null) {
          expect(isGood(to)).toBe(true);
          expect(to).not.toBe(current);
        }
        moves.push({ kind: 'ROLLBACK', from: current, to });
        current = to;
      }
      expect(current).toBeNull();
    }),
  );
});
