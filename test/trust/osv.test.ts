import fc from 'fast-check';

import { AlgogateError } from '../../src/domain/errors';
import { parseOsvRecords } from '../../src/trust';
import { cvssBaseScore } from '../../src/trust/cvss';
import { NAME } from './support';

describe('CVSS base scores', () => {
  // FIRST: CVSS v3.1 examples, CVSS v4.0 examples; NVD for 2.0
  test.each<[string, number]>([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
    ['CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H', 9.9],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 8.8],
    ['CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L', 4.2],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
    ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N', 6.8],
    ['CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N', 4.6],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N', 5.8],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
    ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N', 8.7],
    ['AV:N/AC:L/Au:N/C:P/I:N/A:N', 5],
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
    // what is not about the thing itself is left out
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:U/RL:O/MC:N', 7.5],
  ])('of %s is %d', (vector, score) => {
    expect(cvssBaseScore(vector)).toBe(score);
  });

  test.each([
    '',
    'HIGH',
    'CVSS:3.1/',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:X',
    'CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
    'CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
    'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N',
    'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/',
    `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N${'/E:U'.repeat(200)}`,
  ])('of %j there is none', (vector) => {
    expect(cvssBaseScore(vector)).toBeNull();
  });

  test('any vector has one, from 0 to 10', () => {
    const of = (name: string, values: string) =>
      fc.constantFrom(...values).map((value) => `${name}:${value}`);
    const v3 = fc.tuple(
      of('AV', 'NALP'),
      of('AC', 'LH'),
      of('PR', 'NLH'),
      of('UI', 'NR'),
      of('S', 'UC'),
      of('C', 'NLH'),
      of('I', 'NLH'),
      of('A', 'NLH'),
    );
    fc.assert(
      fc.property(v3, fc.constantFrom('3.0', '3.1'), (metrics, version) => {
        const score = cvssBaseScore(`CVSS:${version}/${metrics.join('/')}`);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(10);
        const harmless = metrics.slice(5).every((metric) => metric.endsWith('N'));
        expect(score === 0).toBe(harmless);
      }),
    );
  });
});

describe('OSV records', () => {
  const record = (more: object = {}): object => ({ id: 'GHSA-1', modified: '2026-01-02T03:04:05Z', ...more });
  const read = (...records: object[]) => parseOsvRecords(JSON.stringify(records), NAME);
  const HIGH = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' };
  const LOW = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N' };
  const ODD = { type: 'Ubuntu', score: 'medium' };

  test.each<[string, object, string]>([
    ['by CVSS', { severity: [HIGH] }, 'HIGH'],
    ['by two vectors', { severity: [LOW, HIGH] }, 'HIGH'],
    ['by a package', { affected: [{ severity: [HIGH] }, {}], severity: [LOW] }, 'HIGH'],
    ['in a word', { database_specific: { severity: 'MODERATE' } }, 'MEDIUM'],
    ['in a word of a package', { affected: [{ database_specific: { severity: 'critical' } }] }, 'CRITICAL'],
    ['by both', { severity: [LOW], database_specific: { severity: 'HIGH' } }, 'HIGH'],
    ['by what cannot be read, and CVSS', { severity: [ODD, LOW] }, 'LOW'],
    ['by what cannot be read', { severity: [ODD] }, 'UNKNOWN'],
    ['by an unknown word', { database_specific: { severity: 'bad' } }, 'UNKNOWN'],
    ['by a number', { database_specific: { severity: 9 } }, 'UNKNOWN'],
    ['by nobody', {}, 'UNKNOWN'],
    ['by an empty list', { severity: [], affected: [] }, 'UNKNOWN'],
  ])('rated %s', (_what, more, severity) => {
    expect(read(record(more))).toEqual([{ id: 'GHSA-1', severity, summary: null, withdrawn: false }]);
  });

  test('summaries and withdrawals', () => {
    expect(read(record({ summary: 'é'.repeat(300), withdrawn: '2026-02-03T00:00:00.5Z' }))).toEqual([
      { id: 'GHSA-1', severity: 'UNKNOWN', summary: 'é'.repeat(200), withdrawn: true },
    ]);
    expect(read()).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['no list', record(), 'is no list of OSV records'],
    ['a record that is none', ['GHSA-1'], 'has a record that is none of OSV: 0'],
    ['no id', [record(), { modified: '2026-01-02T03:04:05Z' }], 'has a record that is none of OSV: 1.id'],
    ['an id that is none', [record({ id: 'a b' })], 'none of OSV: 0.id'],
    ['no time', [{ id: 'a' }], 'none of OSV: 0.modified'],
    ['a time that is none', [record({ withdrawn: 'yes' })], 'none of OSV: 0.withdrawn'],
    [
      'a rating that is none',
      [record({ severity: [{ type: 'CVSS_V3', score: 9 }] })],
      'none of OSV: 0.severity.0',
    ],
    ['one twice', [record(), record()], 'has GHSA-1 twice'],
    ['half a character', [record({ summary: '\ud800' })], 'none of OSV: 0.summary'],
    ['too many', Array.from({ length: 501 }, (_, at) => record({ id: `a${at}` })), 'has over 500 records'],
  ])('with %s are refused', (_what, value, why) => {
    expect(() => parseOsvRecords(JSON.stringify(value), NAME)).toThrow(why);
  });

  test('any document gives records or its own error', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const part = fc.record(
      {
        severity: fc.oneof(fc.array(fc.record({ type: fc.string(), score: fc.string() })), json),
        affected: json,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          part.map((more) => [record(more)]),
          json,
        ),
        (value) => {
          try {
            parseOsvRecords(JSON.stringify(value), NAME);
          } catch (error) {
            expect(error).toBeInstanceOf(AlgogateError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
