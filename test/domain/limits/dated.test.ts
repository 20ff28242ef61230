import { type DatedLimits, datedLimits, undated } from '../../../src/domain/limits/dated';
import { NO_LIMITS } from '../../../src/domain/limits/limit';

const NOW = 5_000;
const KEPT: DatedLimits = { ...NO_LIMITS, perDay: 10, daySince: 1_000, monthSince: 2_000 };

describe('since when there is a quota, or none', () => {
  test.each([
    ['of what had none yet, now', null, { perDay: 10 }, { daySince: NOW, monthSince: NOW }],
    ['of another number, as before', KEPT, { perDay: 20 }, { daySince: 1_000, monthSince: 2_000 }],
    ['of one that comes, now', KEPT, { perDay: 10, perMonth: 0 }, { daySince: 1_000, monthSince: NOW }],
    ['of one that goes, now', KEPT, {}, { daySince: NOW, monthSince: 2_000 }],
    [
      'of one that was 0, as before',
      { ...KEPT, perDay: 0 },
      { perDay: 1 },
      { daySince: 1_000, monthSince: 2_000 },
    ],
  ])('%s', (_which, previous, change, since) => {
    const limits = { ...NO_LIMITS, perSecond: 3, ...change };
    expect(datedLimits(previous, limits, NOW)).toEqual({ ...limits, ...since });
  });

  test('is no part of the limits', () => {
    expect(undated(KEPT)).toEqual({ ...NO_LIMITS, perDay: 10 });
  });
});
