import fc from 'fast-check';

import { addMonths, assertLtsMove, isWithinLts, supportedUntilOf } from '../../../src/domain/release';
import { nearVersion, version } from '../support';
import { refusalOf, time } from './support';

const NOW = time('2026-03-15T12:00:00Z');
const IN_A_YEAR = time('2027-03-15T12:00:00Z');
const RUNNING = time('2026-09-01T00:00:00Z');
const LATER = time('2028-01-01T00:00:00Z');
const PAST = time('2026-03-15T11:59:59.999Z');

const promise = (current: string | null, supportedUntil: number | null) => ({
  current: current === null ? null : version(current),
  supportedUntil,
});

const MOVES: readonly (readonly [
  current: string | null,
  until: number | null,
  to: string,
  within: boolean,
])[] = [
  [null, null, '1.2.3', true],
  [null, RUNNING, '1.2.3', true],
  ['1.2.3', RUNNING, '1.2.4', true],
  ['1.2.3', RUNNING, '1.2.0', true],
  ['1.2.3', RUNNING, '1.2.4-rc.1', true],
  ['1.2.3', RUNNING, '1.3.0', false],
  ['1.2.3', RUNNING, '1.1.9', false],
  ['1.2.3', RUNNING, '2.2.3', false],
  ['1.2.3', RUNNING, '12.0.0', false],
  ['1.2.3', NOW + 1, '1.3.0', false],
  ['1.2.3', NOW, '1.3.0', true],
  ['1.2.3', PAST, '2.0.0', true],
  ['1.2.3', null, '2.0.0', true],
];
test.each(MOVES)('lts at %s, until %d, may go to %s: %s', (current, until, to, within) => {
  const given = promise(current, until);
  expect(isWithinLts(given, version(to), NOW)).toBe(within);
  if (within) expect(() => assertLtsMove(given, version(to), NOW)).not.toThrow();
  else {
    expect(refusalOf(() => assertLtsMove(given, version(to), NOW))).toEqual({
      code: 'INVALID_INPUT',
      message: `lts supports 1.2 until ${new Date(until!).toISOString()}, and moves within it alone`,
      field: ['to'],
    });
  }
});

const WINDOWS: readonly (readonly [
  why: string,
  current: string | null,
  until: number | null,
  to: string,
  wanted: number | null,
  after: number,
])[] = [
  ['the first is twelve months', null, null, '1.2.3', null, IN_A_YEAR],
  ['the first as given', null, null, '1.2.3', RUNNING, RUNNING],
  ['the first may be very short', null, null, '1.2.3', NOW + 1, NOW + 1],
  ['the line keeps it', '1.2.3', RUNNING, '1.2.4', null, RUNNING],
  ['the line keeps it, said again', '1.2.3', RUNNING, '1.2.4', RUNNING, RUNNING],
  ['it is extended', '1.2.3', RUNNING, '1.2.4', LATER, LATER],
  ['it keeps one that has run out', '1.2.3', PAST, '1.2.4', null, PAST],
  ['it keeps one that has run out, said again', '1.2.3', PAST, '1.2.4', PAST, PAST],
  ['one that has run out begins anew', '1.2.3', PAST, '1.2.4', NOW + 1, NOW + 1],
  ['a new line begins its own', '1.2.3', PAST, '1.3.0', null, IN_A_YEAR],
  ['a new line begins its own as given', '1.2.3', PAST, '2.0.0', RUNNING, RUNNING],
  ['a line without one gets one', '1.2.3', null, '1.2.4', null, IN_A_YEAR],
];
test.each(WINDOWS)('support: %s', (_why, current, until, to, wanted, after) => {
  expect(supportedUntilOf(promise(current, until), version(to), wanted, NOW)).toBe(after);
});

const REFUSED: readonly (readonly [
  current: string | null,
  until: number | null,
  wanted: number,
  message: string,
])[] = [
  [null, null, NOW, 'the end of support lies in the future'],
  [null, null, PAST, 'the end of support lies in the future'],
  ['1.2.3', RUNNING, PAST, 'the end of support lies in the future'],
  ['1.2.3', PAST, PAST - 1, 'the end of support lies in the future'],
  [
    '1.2.3',
    RUNNING,
    RUNNING - 1,
    'support until 2026-09-01T00:00:00.000Z was promised, and may only be extended',
  ],
];
test.each(REFUSED)('support of %s until %d does not end at %d', (current, until, wanted, message) => {
  expect(refusalOf(() => supportedUntilOf(promise(current, until), version('1.2.4'), wanted, NOW))).toEqual({
    code: 'INVALID_INPUT',
    message,
    field: ['supportedUntil'],
  });
});

test('while it runs, a promise is neither broken nor shortened by any move that is let through', () => {
  const day = fc.integer({ min: -400, max: 800 }).map((days) => NOW + days * 86_400_000);
  fc.assert(
    fc.property(nearVersion, nearVersion, day, fc.option(day), (current, to, until, wanted) => {
      fc.pre(until > NOW);
      const given = promise(current, until);
      let after: number;
      try {
        assertLtsMove(given, version(to), NOW);
        after = supportedUntilOf(given, version(to), wanted, NOW);
      } catch {
        return;
      }
      const [a, b] = [version(current), version(to)];
      expect([b.major, b.minor]).toEqual([a.major, a.minor]);
      expect(after).toBeGreaterThanOrEqual(until);
    }),
  );
});

const CALENDAR: readonly (readonly [from: string, months: number, to: string])[] = [
  ['2026-03-15T12:34:56.789Z', 12, '2027-03-15T12:34:56.789Z'],
  ['2024-02-29T23:59:59.999Z', 12, '2025-02-28T23:59:59.999Z'],
  ['2023-02-28T00:00:00.000Z', 12, '2024-02-28T00:00:00.000Z'],
  ['2026-12-31T00:00:00.000Z', 12, '2027-12-31T00:00:00.000Z'],
  ['2026-01-31T06:00:00.000Z', 1, '2026-02-28T06:00:00.000Z'],
  ['2026-11-30T06:00:00.000Z', 3, '2027-02-28T06:00:00.000Z'],
];
test.each(CALENDAR)('%s and %d months are %s', (from, months, to) => {
  expect(new Date(addMonths(time(from), months)).toISOString()).toBe(to);
});
