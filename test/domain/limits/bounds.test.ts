import { boundedAt, boundedBy, type Consumer } from '../../../src/domain/limits/bounds';
import { countersOf } from '../../../src/domain/limits/counter';
import type { DatedLimits } from '../../../src/domain/limits/dated';
import { NO_LIMITS } from '../../../src/domain/limits/limit';
import { ratedOf } from '../../../src/domain/limits/rate';

const NOON = Date.parse('2026-02-28T12:00:00Z');
const DAY = Date.parse('2026-02-28T00:00:00Z');
const MONTH = Date.parse('2026-02-01T00:00:00Z');
const MARCH = Date.parse('2026-03-01T00:00:00Z');

const dated = (change: Partial<DatedLimits>): DatedLimits => ({
  ...NO_LIMITS,
  daySince: 1,
  monthSince: 1,
  ...change,
});
const ADA: Consumer = { kind: 'user', owner: { id: 9, handle: 'ada' }, roles: new Map(), key: null };
const BY_KEY: Consumer = { ...ADA, key: { id: 4, prefix: 'ag', scopes: [] } };

describe('what bounds a caller', () => {
  const [key, own] = [dated({ perSecond: 5 }), dated({ perSecond: 10, burst: 20, perDay: 3 })];
  const limits = { own, keys: new Map([[4, key]]) };

  test('are the limits of its key, and then those of its owner', () => {
    const ofKey = { scope: 'KEY', subject: 'key:4', limits: key, counted: { subject: 'key:4' } };
    const ofOwner = {
      scope: 'OWNER',
      subject: 'consumer:9',
      limits: own,
      counted: { subject: 'consumer:9' },
    };
    expect(boundedBy(BY_KEY, limits)).toEqual([ofKey, ofOwner]);
    expect(boundedBy(ADA, limits)).toEqual([ofOwner]);
    expect(boundedBy(BY_KEY, { own: null, keys: new Map([[5, key]]) })).toEqual([]);
  });

  test('with their rates and their quotas', () => {
    const bounded = boundedBy(BY_KEY, limits);
    expect(ratedOf(bounded)).toEqual([
      { scope: 'KEY', subject: 'key:4', rate: { perSecond: 5, burst: 5 } },
      { scope: 'OWNER', subject: 'consumer:9', rate: { perSecond: 10, burst: 20 } },
    ]);
    expect(countersOf(bounded, NOON)).toEqual([
      {
        ...{ id: `consumer:9/DAY/${DAY}/1`, scope: 'OWNER', period: 'DAY', limit: 3, since: 1 },
        ...{ bucket: DAY, end: MARCH, counted: { subject: 'consumer:9' } },
      },
    ]);
  });
});

describe('what bounds a consumer at an algorithm', () => {
  const counters = (others: DatedLimits | null, own: DatedLimits | null) =>
    countersOf(boundedAt(9, 12, others, own), NOON).map(({ id, limit }) => [id, limit]);
  const name = 'consumer:9/algorithm:12';

  test.each([
    ['nothing', null, null, []],
    ['the default', dated({ perDay: 5 }), null, [[`${name}/DAY/${DAY}/1`, 5]]],
    ['its own alone', dated({ perDay: 5 }), dated({ perMonth: 7 }), [[`${name}/MONTH/${MONTH}/1`, 7]]],
    ['its own without a default', null, dated({ perDay: 0 }), [[`${name}/DAY/${DAY}/1`, 0]]],
    [
      'the default, counted anew since its own went',
      dated({ perDay: 5 }),
      dated({ daySince: 8, monthSince: 9 }),
      [[`${name}/DAY/${DAY}/8`, 5]],
    ],
    ['nothing, when its own went', null, dated({ daySince: 8 }), []],
  ])('%s', (_which, others, own, expected) => {
    expect(counters(others, own)).toEqual(expected);
  });

  test('counts its calls to that algorithm', () => {
    expect(boundedAt(9, 12, dated({ perDay: 5 }), null)).toEqual([
      {
        scope: 'ALGORITHM',
        subject: name,
        limits: dated({ perDay: 5 }),
        counted: { callerId: 9, algorithmId: 12 },
      },
    ]);
  });
});
