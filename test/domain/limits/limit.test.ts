import fc from 'fast-check';

import { AlgogateError } from '../../../src/domain/errors';
import {
  changedLimits,
  type Limits,
  type LimitsPatch,
  NO_LIMITS,
  sameLimits,
} from '../../../src/domain/limits/limit';

const RATED: Limits = { perSecond: 10, burst: 20, perDay: 100, perMonth: 1000 };

function outcomeOf(current: Limits, patch: LimitsPatch): Limits | string {
  try {
    return changedLimits(current, patch);
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    return `${error.code} ${error.field?.join('.')}: ${error.message}`;
  }
}

const CHANGES: readonly (readonly [current: Limits, patch: LimitsPatch, next: Limits])[] = [
  [NO_LIMITS, {}, NO_LIMITS],
  [NO_LIMITS, { perDay: 0 }, { ...NO_LIMITS, perDay: 0 }],
  [NO_LIMITS, { perSecond: 1, burst: 1 }, { ...NO_LIMITS, perSecond: 1, burst: 1 }],
  [RATED, {}, RATED],
  [RATED, { perDay: undefined }, RATED],
  [RATED, { perDay: null }, { ...RATED, perDay: null }],
  [RATED, { perSecond: 15 }, { ...RATED, perSecond: 15 }],
  [RATED, { burst: null }, { ...RATED, burst: null }],
  [RATED, { perSecond: null }, { ...RATED, perSecond: null, burst: null }],
  [RATED, { perSecond: 100_000, burst: 1_000_000 }, { ...RATED, perSecond: 100_000, burst: 1_000_000 }],
  [NO_LIMITS, { perSecond: 1, burst: 3_600 }, { ...NO_LIMITS, perSecond: 1, burst: 3_600 }],
  [NO_LIMITS, { perSecond: 278, burst: 1_000_000 }, { ...NO_LIMITS, perSecond: 278, burst: 1_000_000 }],
  [RATED, { perDay: 2_000_000_000, perMonth: 0 }, { ...RATED, perDay: 2_000_000_000, perMonth: 0 }],
];

const REFUSALS: readonly (readonly [current: Limits, patch: LimitsPatch, refusal: string])[] = [
  [NO_LIMITS, { perSecond: 0 }, 'INVALID_INPUT perSecond: perSecond is not a whole number from 1 to 100000'],
  [
    NO_LIMITS,
    { perSecond: 1.5 },
    'INVALID_INPUT perSecond: perSecond is not a whole number from 1 to 100000',
  ],
  [
    NO_LIMITS,
    { perSecond: NaN },
    'INVALID_INPUT perSecond: perSecond is not a whole number from 1 to 100000',
  ],
  [RATED, { burst: 0 }, 'INVALID_INPUT burst: burst is not a whole number from 1 to 1000000'],
  [RATED, { burst: 9 }, 'INVALID_INPUT burst: burst is less than perSecond'],
  [RATED, { perSecond: 21 }, 'INVALID_INPUT burst: burst is less than perSecond'],
  [NO_LIMITS, { perSecond: 1, burst: 3_601 }, 'INVALID_INPUT burst: burst is more than 3600 times perSecond'],
  [
    { ...RATED, perSecond: 100, burst: 36_001 },
    { perSecond: 10 },
    'INVALID_INPUT burst: burst is more than 3600 times perSecond',
  ],
  [NO_LIMITS, { burst: 5 }, 'INVALID_INPUT burst: burst is nothing without perSecond'],
  [RATED, { perSecond: null, burst: 20 }, 'INVALID_INPUT burst: burst is nothing without perSecond'],
  [RATED, { perDay: -1 }, 'INVALID_INPUT perDay: perDay is not a whole number from 0 to 2000000000'],
  [
    RATED,
    { perMonth: 2_000_000_001 },
    'INVALID_INPUT perMonth: perMonth is not a whole number from 0 to 2000000000',
  ],
];

describe('a change of limits', () => {
  test.each(CHANGES)('of %j by %j', (current, patch, next) => {
    expect(outcomeOf(current, patch)).toEqual(next);
  });

  test.each(REFUSALS)('of %j by %j is refused', (current, patch, refusal) => {
    expect(outcomeOf(current, patch)).toBe(refusal);
  });

  test('made twice is made once', () => {
    const bound = (most: number) => fc.option(fc.integer({ min: 1, max: most }), { freq: 3 });
    const patches = fc.record(
      { perSecond: bound(100), burst: bound(100), perDay: bound(100), perMonth: bound(100) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(patches, { maxLength: 5 }), (history) => {
        let limits = NO_LIMITS;
        for (const patch of history) {
          const next = outcomeOf(limits, patch);
          if (typeof next === 'string') continue;
          expect(outcomeOf(next, patch)).toEqual(next);
          expect(sameLimits(next, { ...next })).toBe(true);
          expect(next.burst ?? Infinity).toBeGreaterThanOrEqual(next.perSecond ?? Infinity);
          limits = next;
        }
      }),
    );
  });
});
