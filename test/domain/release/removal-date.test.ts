import fc from 'fast-check';

import { assertRemovalDate, earliestRemoval, type RemovalTerms } from '../../../src/domain/release';
import { refusalOf, time } from './support';

const NOW = time('2026-03-15T12:00:00Z');
const DAY = 86_400_000;

function terms(change: Partial<RemovalTerms> = {}): RemovalTerms {
  return { since: NOW, now: NOW, days: 180, minors: 2, minorsSince: 0, ...change };
}

const EARLIEST: readonly (readonly [why: string, terms: RemovalTerms, earliest: number])[] = [
  ['days after it was deprecated', terms(), NOW + 180 * DAY],
  ['days after it was first deprecated', terms({ since: NOW - 100 * DAY }), NOW + 80 * DAY],
  ['now, where the days are over', terms({ since: NOW - 200 * DAY }), NOW],
  ['not with one minor of two', terms({ minorsSince: 1 }), NOW + 180 * DAY],
  ['now, with two minors', terms({ minorsSince: 2 }), NOW],
  ['now, with more', terms({ minorsSince: 3 }), NOW],
  ['now, where no minors are asked for', terms({ minors: 0 }), NOW],
  ['now, where no days are asked for', terms({ days: 0 }), NOW],
  ['at the end of time', terms({ days: 2 ** 31 - 1 }), 8.64e15],
];
test.each(EARLIEST)('the earliest removal: %s', (_why, given, earliest) => {
  expect(earliestRemoval(given)).toBe(earliest);
});

test('a removal is refused before the earliest date, which the refusal names', () => {
  const given = terms({ since: NOW - 100 * DAY });
  const earliest = NOW + 80 * DAY;
  expect(() => assertRemovalDate(earliest, given)).not.toThrow();
  expect(() => assertRemovalDate(earliest + 1, given)).not.toThrow();
  expect(refusalOf(() => assertRemovalDate(earliest - 1, given))).toEqual({
    code: 'INVALID_INPUT',
    message: '2026-06-03T11:59:59.999Z is too soon for a removal: the earliest is 2026-06-03T12:00:00.000Z',
    field: ['removalDate'],
  });
});

test.each([NOW, NOW - 1])('a removal at %d is refused always: it is not in the future', (removalAt) => {
  expect(refusalOf(() => assertRemovalDate(removalAt, terms({ minorsSince: 9 }), 'removal'))).toEqual({
    code: 'INVALID_INPUT',
    message: `${new Date(removalAt).toISOString()} is too soon for a removal: it must lie in the future`,
    field: ['removal'],
  });
  expect(() => assertRemovalDate(NOW + 1, terms({ minorsSince: 9 }))).not.toThrow();
});

test('what is let through is in the future, and the days or the minors are over', () => {
  const any = fc.record({
    since: fc.integer({ min: -400, max: 0 }).map((days) => NOW + days * DAY),
    now: fc.constant(NOW),
    days: fc.integer({ min: 0, max: 400 }),
    minors: fc.integer({ min: 0, max: 3 }),
    minorsSince: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(any, fc.integer({ min: -400, max: 400 }), (given, days) => {
      const removalAt = NOW + days * DAY;
      const allowed =
        days > 0 && (given.minorsSince >= given.minors || removalAt - given.since >= given.days * DAY);
      if (allowed) expect(() => assertRemovalDate(removalAt, given)).not.toThrow();
      else expect(refusalOf(() => assertRemovalDate(removalAt, given)).code).toBe('INVALID_INPUT');
    }),
  );
});
