import fc from 'fast-check';

import { parseAlgorithmRef } from '../../../src/domain/ref';
import {
  assertExpected,
  assertMovable,
  isComputedByDefault,
  parseChannelName,
  parseTarget,
} from '../../../src/domain/release';
import { anyVersion, version } from '../support';
import { refusalOf } from './support';

test('which channels are computed, and which may be moved', () => {
  const table = ['edge', 'stable', 'lts', 'canary'].map((name) => {
    let movable = true;
    try {
      assertMovable(name);
    } catch {
      movable = false;
    }
    return [name, isComputedByDefault(name), movable];
  });
  expect(table).toEqual([
    ['edge', true, false],
    ['stable', true, true],
    ['lts', false, true],
    ['canary', false, true],
  ]);
  expect(refusalOf(() => assertMovable('edge'))).toEqual({
    code: 'INVALID_INPUT',
    message: 'edge is computed: it is always the highest public version',
    field: ['channel'],
  });
});

test('a channel has a name that no other selector is read from', () => {
  for (const name of ['edge', 'stable', 'lts', 'x-ray', 'a'.repeat(31)])
    expect(parseChannelName(name)).toBe(name);
  for (const name of ['latest', 'x', 'v1', 'Edge', '1', '', 'a_b', 'a'.repeat(32)]) {
    expect(refusalOf(() => parseChannelName(name)).code).toBe('INVALID_INPUT');
  }
});

describe('a compare-and-set', () => {
  test('goes on from where its mover believes the pointer to be, build metadata aside', () => {
    for (const [current, expected] of [
      ['1.2.3', '1.2.3'],
      ['1.2.3+a', '1.2.3+b'],
      ['1.2.3-rc.1', '1.2.3-rc.1'],
    ] as const) {
      expect(() => assertExpected('channel lts', version(current), version(expected))).not.toThrow();
    }
    expect(() => assertExpected('channel lts', null, null)).not.toThrow();
  });

  const MOVED: readonly (readonly [current: string | null, expected: string | null, message: string])[] = [
    ['1.2.4', '1.2.3', 'channel lts points to 1.2.4 now, and not to 1.2.3'],
    ['1.2.3', '1.2.3-rc.1', 'channel lts points to 1.2.3 now, and not to 1.2.3-rc.1'],
    ['1.2.3-Beta', '1.2.3-beta', 'channel lts points to 1.2.3-Beta now, and not to 1.2.3-beta'],
    [null, '1.2.3', 'channel lts points nowhere now, and not to 1.2.3'],
    ['1.2.4', null, 'channel lts points to 1.2.4 now, and not nowhere'],
  ];
  test.each(MOVED)('at %s is refused to who expects %s', (current, expected, message) => {
    const pointee = (text: string | null) => (text === null ? null : version(text));
    expect(refusalOf(() => assertExpected('channel lts', pointee(current), pointee(expected)))).toEqual({
      code: 'CHANNEL_MOVED',
      message,
      field: ['expected'],
    });
  });
});

describe('the target of a move', () => {
  const algorithm = parseAlgorithmRef('Acme/Detect');

  test('is a version, bare or as a reference of the same algorithm, in whatever case', () => {
    fc.assert(
      fc.property(anyVersion, (text) => {
        for (const written of [
          text,
          `Acme/Detect/${text}`,
          `acme/DETECT/${text}`,
          `algo://acme/detect/${text}`,
        ]) {
          expect(parseTarget(written, algorithm)).toEqual(version(text));
        }
      }),
    );
  });

  const FORM = 'is not of the form owner/name/1.2.3';
  const REFUSED: readonly (readonly [text: string, message: string])[] = [
    ['other/detect/1.2.3', '"other/detect/1.2.3" is not a version of Acme/Detect'],
    ['acme/other/1.2.3', '"acme/other/1.2.3" is not a version of Acme/Detect'],
    ['acme/detect', `"acme/detect" ${FORM}`],
    ['acme/detect/1.2', `"acme/detect/1.2" ${FORM}`],
    ['acme/detect/stable', `"acme/detect/stable" ${FORM}`],
    ['1.2', 'column 1: expected a letter, the first of the handle'],
    ['stable', 'column 7: expected "/" and the name of an algorithm'],
    ['', 'column 1: expected a letter, the first of the handle'],
  ];
  test.each(REFUSED)('is not %j', (text, message) => {
    expect(refusalOf(() => parseTarget(text, algorithm, 'expected'))).toEqual({
      code: 'INVALID_INPUT',
      message,
      field: ['expected'],
    });
  });
});
