import { LIMIT_PERIODS, LIMIT_SCOPES, type Stand, Standing } from '../../../src/domain/limits/standing';

const STAND: Stand = {
  scope: 'KEY',
  period: 'DAY',
  limit: 1000,
  used: 1,
  remaining: 999,
  windowSeconds: 86_400,
  resetSeconds: 3600,
  resetsAt: 0,
};
const RATE: Stand = {
  ...STAND,
  period: 'SECOND',
  limit: 20,
  remaining: 19,
  windowSeconds: 1,
  resetSeconds: 1,
};

describe('the headers of a standing (draft-ietf-httpapi-ratelimit-headers-10)', () => {
  test('are two lists of quoted names with parameters', () => {
    expect(new Standing([RATE, STAND]).headers).toEqual([
      'RateLimit-Policy',
      '"key-second";q=20;w=1, "key-day";q=1000;w=86400',
      'RateLimit',
      '"key-second";r=19;t=1, "key-day";r=999;t=3600',
    ]);
  });

  test('say of a burst that it is a policy of its own', () => {
    const burst = { limit: 10, remaining: 10, windowSeconds: 10 };
    expect(new Standing([{ ...RATE, burst }, STAND]).headers).toEqual([
      'RateLimit-Policy',
      '"key-second";q=10;w=1, "key-burst";q=10;w=10, "key-day";q=1000;w=86400',
      'RateLimit',
      '"key-second";r=9;t=1, "key-burst";r=10, "key-day";r=999;t=3600',
    ]);
  });

  test('have those of the quotas after those of the rates', () => {
    expect(new Standing([RATE]).and(new Standing([STAND])).headers).toEqual(
      new Standing([RATE, STAND]).headers,
    );
  });

  test('name every limit apart', () => {
    const stands = LIMIT_SCOPES.flatMap((scope) =>
      LIMIT_PERIODS.map((period) => ({ ...STAND, scope, period })),
    );
    const [, policies = ''] = new Standing(stands).headers;
    expect(policies.split(', ').map((policy) => policy.split(';')[0])).toEqual([
      ...['"key-second"', '"key-day"', '"key-month"'],
      ...['"owner-second"', '"owner-day"', '"owner-month"'],
      ...['"algorithm-second"', '"algorithm-day"', '"algorithm-month"'],
    ]);
  });
});
