import fc from 'fast-check';

import {
  algorithmsOf,
  algorithmSubject,
  buildSubject,
  consumerSubject,
  keySubject,
  majorsOf,
  majorSubject,
  ownerSubject,
  parseSubject,
  type Subject,
  unitOf,
  versionsOf,
  versionSubject,
} from '../../../src/domain/usage/subject';

const SUBJECTS: readonly (readonly [key: string, subject: Subject, made: string])[] = [
  ['owner:3', { kind: 'owner', id: 3 }, ownerSubject(3)],
  ['algorithm:12', { kind: 'algorithm', id: 12 }, algorithmSubject(12)],
  ['major:12/1', { kind: 'major', algorithmId: 12, major: 1 }, majorSubject(12, 1)],
  ['major:12/0', { kind: 'major', algorithmId: 12, major: 0 }, majorSubject(12, 0)],
  ['version:55', { kind: 'version', id: 55 }, versionSubject(55)],
  ['build:77', { kind: 'build', id: 77 }, buildSubject(77)],
  ['consumer:9', { kind: 'consumer', id: 9 }, consumerSubject(9)],
  ['consumer:0', { kind: 'consumer', id: 0 }, consumerSubject(0)],
  ['key:4', { kind: 'key', id: 4 }, keySubject(4)],
];
test.each(SUBJECTS)('%s is made and parsed', (key, subject, made) => {
  expect(made).toBe(key);
  expect(parseSubject(key)).toEqual(subject);
});

test('families', () => {
  expect([versionsOf(12), majorsOf(12), algorithmsOf(3)]).toEqual([
    'versions:12',
    'majors:12',
    'algorithms:3',
  ]);
});

test('a call went to its version, or else to its build', () => {
  expect(unitOf({ versionId: 55, buildId: 77 })).toBe('version:55');
  expect(unitOf({ versionId: null, buildId: 77 })).toBe('build:77');
  expect(unitOf({ versionId: null, buildId: null })).toBeNull();
});

test('the longest keys fit their columns', () => {
  const most = 2 ** 31 - 1;
  const keys = [majorSubject(most, most), algorithmSubject(most), consumerSubject(most)];
  expect(Math.max(...keys.map((key) => key.length))).toBeLessThanOrEqual(48);
  expect(algorithmsOf(most).length).toBeLessThanOrEqual(24);
  expect(versionSubject(most).length).toBeLessThanOrEqual(24);
});

const NO_SUBJECTS = [
  ...[
    '',
    'owner',
    'owner:',
    'owner:x',
    'owner:-1',
    'owner:01',
    'owner:1.5',
    'Owner:1',
    ' owner:1',
    'owner:1\n',
  ],
  ...['owner:1/2', 'major:12', 'major:12/', 'major:12/01', 'major:12/1/2', 'versions:12', 'toString:1'],
];
test.each(NO_SUBJECTS)('%j is no subject', (text) => {
  expect(() => parseSubject(text)).toThrow(new Error(`${JSON.stringify(text)} is no subject`));
});

test('no two subjects have one key', () => {
  const id = fc.nat({ max: 20 });
  fc.assert(
    fc.property(id, id, id, id, (a, b, c, d) => {
      expect(majorSubject(a, b) === majorSubject(c, d)).toBe(a === c && b === d);
    }),
  );
});
