import fc from 'fast-check';
import semver from 'semver';

import {
  isCallerIndependent,
  parseChannelName,
  parseSelector,
  type Selector,
} from '../../src/domain/reference';
import { SELECTOR_KINDS } from '../../src/domain/terms';
import { errorOf, version } from './support';

const HEX = '4be0e18fba270e4aaa7cff20558905263f69a11b';
const EXPECTED =
  '"latest", a version, a version range, a channel name, "latestPrivate" or a commit of 40 hex digits';

/** What each text is read as; ranges by their kind alone, since range.test.ts has what they mean. */
const TABLE: readonly [text: string, selector: Record<string, unknown>][] = [
  ['', { kind: 'LATEST' }],
  ['latest', { kind: 'LATEST' }],

  ['1', { kind: 'PARTIAL', major: 1 }],
  ['0', { kind: 'PARTIAL', major: 0 }],
  ['1.2', { kind: 'PARTIAL', major: 1, minor: 2 }],
  ['1.*', { kind: 'PARTIAL', major: 1 }],
  ['1.x', { kind: 'PARTIAL', major: 1 }],
  ['1.2.*', { kind: 'PARTIAL', major: 1, minor: 2 }],
  ['1.2.x', { kind: 'PARTIAL', major: 1, minor: 2 }],
  ['10.20', { kind: 'PARTIAL', major: 10, minor: 20 }],
  ['9007199254740991', { kind: 'PARTIAL', major: Number.MAX_SAFE_INTEGER }],

  ['1.2.3', { kind: 'FULL', version: version('1.2.3') }],
  ['1.2.3-beta.1', { kind: 'FULL', version: version('1.2.3-beta.1') }],
  ['1.2.3+exp.1', { kind: 'FULL', version: version('1.2.3+exp.1') }],
  ['1.2.3-x', { kind: 'FULL', version: version('1.2.3-x') }],

  ['^1.2.0', { kind: 'RANGE' }],
  ['~1.2.3', { kind: 'RANGE' }],
  ['>=1.2.3 <2.0.0', { kind: 'RANGE' }],
  ['1.2 - 1.4', { kind: 'RANGE' }],
  ['^1.2 || ^2.1', { kind: 'RANGE' }],
  ['*', { kind: 'RANGE' }],
  ['=1.2.3', { kind: 'RANGE' }],
  ['[1.2,2)', { kind: 'RANGE' }],
  ['(1.0,2.0]', { kind: 'RANGE' }],
  ['2.1.^', { kind: 'RANGE' }],
  // What semver accepts as a range and is no FULL and no PARTIAL is a RANGE, odd as it may look.
  ['x', { kind: 'RANGE' }],
  ['X', { kind: 'RANGE' }],
  ['v1', { kind: 'RANGE' }],
  ['vvx', { kind: 'RANGE' }],
  ['v1.2.3', { kind: 'RANGE' }],
  ['1.X', { kind: 'RANGE' }],
  ['1.x.x', { kind: 'RANGE' }],
  ['1.*.*', { kind: 'RANGE' }],
  ['1.2.3 ', { kind: 'RANGE' }],
  [' 1.2', { kind: 'RANGE' }],
  [' ', { kind: 'RANGE' }],
  ['1.2.3\n', { kind: 'RANGE' }],
  ['1.2+exp', { kind: 'RANGE' }],
  ['1.2.x-beta', { kind: 'RANGE' }],
  ['>2 <1', { kind: 'RANGE' }],
  ['||', { kind: 'RANGE' }],

  ['stable', { kind: 'CHANNEL', name: 'stable' }],
  ['edge', { kind: 'CHANNEL', name: 'edge' }],
  ['lts', { kind: 'CHANNEL', name: 'lts' }],
  ['v', { kind: 'CHANNEL', name: 'v' }],
  ['v1-beta', { kind: 'CHANNEL', name: 'v1-beta' }],
  ['v01', { kind: 'CHANNEL', name: 'v01' }],
  ['x-ray', { kind: 'CHANNEL', name: 'x-ray' }],
  ['x1', { kind: 'CHANNEL', name: 'x1' }],
  ['latest-', { kind: 'CHANNEL', name: 'latest-' }],
  ['latestprivate', { kind: 'CHANNEL', name: 'latestprivate' }],
  ['abcdef', { kind: 'CHANNEL', name: 'abcdef' }],
  ['a'.repeat(31), { kind: 'CHANNEL', name: 'a'.repeat(31) }],

  ['latestPrivate', { kind: 'LATEST_PRIVATE' }],

  [HEX, { kind: 'SHA', sha: HEX }],
  [HEX.toUpperCase(), { kind: 'SHA', sha: HEX }],
  ['1'.repeat(40), { kind: 'SHA', sha: '1'.repeat(40) }],
  ['a'.repeat(40), { kind: 'SHA', sha: 'a'.repeat(40) }],
];

describe('parseSelector', () => {
  it.each(TABLE)('reads %j', (text, selector) => {
    const parsed: Selector = parseSelector(text);
    expect(parsed.text).toBe(text);
    if (parsed.kind === 'RANGE')
      expect({ kind: parsed.kind, text: parsed.range.text }).toEqual({ ...selector, text });
    else expect(parsed).toEqual({ ...selector, text });
  });

  it.each([
    ['Latest', 1],
    ['LATEST', 1],
    ['latest ', 1],
    ['latestprivate ', 1],
    ['LatestPrivate', 1],
    ['Stable', 1],
    ['sta_ble', 4],
    ['-edge', 1],
    ['a'.repeat(32), 1],
    ['a'.repeat(39), 1],
    ['a'.repeat(41), 1],
    ['g'.repeat(40), 1],
    ['1.', 1],
    ['.1', 1],
    ['1..2', 1],
    ['01', 1],
    ['1.02', 1],
    ['9007199254740992', 1],
    ['1.2.3.4', 1],
    ['1.2.3-', 1],
    ['1.2.3-01', 1],
    ['1.2.3-a_b', 8],
    ['1.2.3/4', 6],
    ['^1.2 || what', 9],
    ['1.2?', 4],
    ['１', 1],
    ['stable%20', 7],
    ['2.1.^.0', 1],
    ['<', 1],
    ['1,2', 2],
    ['\u0000', 1],
  ])('refuses %j at column %d', (text, column) => {
    expect(errorOf(() => parseSelector(text))).toEqual({
      code: 'INVALID_REFERENCE',
      message: `column ${column}: expected ${EXPECTED}`,
    });
  });

  it.each([
    ['[1,2', 'column 15: expected "]" or ")"'],
    ['[2,1]', 'column 11: expected an interval in which a version can lie'],
    ['1 '.repeat(33), 'column 75: expected the end of the range: it has at most 32 comparators'],
  ])('refuses %j, counting from where it stands', (text, message) => {
    expect(errorOf(() => parseSelector(text, 11))).toEqual({ code: 'INVALID_REFERENCE', message });
  });

  it('takes whatever semver accepts, and reads nothing else as a range', () => {
    const piece = fc.constantFrom(
      ...Array.from('0123.x*^~<>=|- v+abX'),
      '||',
      ' - ',
      '1.2',
      '1.2.3',
      '-b',
      'latest',
      'edge',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        (text) => {
          const isRange = semver.validRange(text) !== null;
          let kind: string;
          try {
            kind = parseSelector(text).kind;
          } catch {
            kind = 'none';
          }
          if (isRange) expect(['LATEST', 'FULL', 'PARTIAL', 'RANGE']).toContain(kind);
          else if (kind === 'RANGE') expect(text).toMatch(/^\d+\.\d+\.\^$/);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('reads no range as a channel', () => {
    const text = fc
      .array(fc.constantFrom(...Array.from('vx01-a')), { minLength: 1, maxLength: 4 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(
        text.filter((candidate) => /^[a-z]/.test(candidate)),
        (candidate) => {
          const kind = parseSelector(candidate).kind;
          expect(kind).toBe(semver.validRange(candidate) === null ? 'CHANNEL' : 'RANGE');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('answers anything at all with a selector or with INVALID_REFERENCE', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        try {
          expect(SELECTOR_KINDS).toContain(parseSelector(text).kind);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_REFERENCE' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('the first four kinds, and no others, are caller-independent', () => {
  const kinds = ['latest', '1.2', '^1', 'stable', '1.2.3', 'latestPrivate', HEX]
    .map((text) => parseSelector(text))
    .map((selector) => [selector.kind, isCallerIndependent(selector)]);
  expect(kinds).toEqual([
    ['LATEST', true],
    ['PARTIAL', true],
    ['RANGE', true],
    ['CHANNEL', true],
    ['FULL', false],
    ['LATEST_PRIVATE', false],
    ['SHA', false],
  ]);
});

describe('parseChannelName', () => {
  it.each(['stable', 'lts', 'a', 'canary-2', 'x-ray', 'a'.repeat(31)])('accepts %s', (name) => {
    expect(parseChannelName(name)).toBe(name);
  });

  it.each([
    '',
    'latest',
    'latestPrivate',
    'x',
    'v1',
    'vx',
    '1',
    '1a',
    'Stable',
    'a_b',
    '-a',
    'a b',
    'a'.repeat(32),
  ])('refuses %j', (name) => {
    expect(errorOf(() => parseChannelName(name)).code).toBe('INVALID_INPUT');
  });
});
