import type { AlgorithmCatalog } from '../../src/domain/catalog';
import { parseSelector } from '../../src/domain/reference';
import { resolve } from '../../src/domain/resolve';
import { trace } from '../../src/domain/trace';
import { build, catalogOf, facts, PRIVATE, sha, version, YANKED } from './support';

function traced(catalog: AlgorithmCatalog, text: string): readonly string[] {
  const selector = parseSelector(text);
  const resolved = resolve(catalog, selector);
  if (resolved === null) throw new Error(`${text} names nothing`);
  return trace(catalog, selector, resolved).map(({ version: above, reason }) => `${above} ${reason}`);
}

const catalog = catalogOf(
  '1.0.0',
  facts('1.0.1', YANKED),
  facts('1.0.2', PRIVATE),
  '1.1.0-a',
  facts('1.1.0-b', YANKED),
  facts('1.1.0', { state: 'PENDING_APPROVAL' }),
  facts('1.2.0', { state: 'TAKEN_DOWN' }),
  facts('1.3.0', { ...PRIVATE, ...YANKED }),
  facts('2.0.0', YANKED),
  '3.0.0-a',
);

describe('trace', () => {
  it.each([
    [
      'latest',
      ['1.0.1 yanked', '1.1.0-a prerelease', '1.1.0-b yanked', '2.0.0 yanked', '3.0.0-a prerelease'],
    ],
    [
      'stable',
      ['1.0.1 yanked', '1.1.0-a prerelease', '1.1.0-b yanked', '2.0.0 yanked', '3.0.0-a prerelease'],
    ],
    ['edge', []],
    [
      '1.0',
      [
        '1.0.1 yanked',
        '1.1.0-a outside range',
        '1.1.0-b outside range',
        '2.0.0 outside range',
        '3.0.0-a outside range',
      ],
    ],
    [
      '1',
      [
        '1.0.1 yanked',
        '1.1.0-a prerelease',
        '1.1.0-b yanked',
        '2.0.0 outside range',
        '3.0.0-a outside range',
      ],
    ],
    [
      '^1.0.0',
      [
        '1.0.1 yanked',
        '1.1.0-a prerelease',
        '1.1.0-b yanked',
        '2.0.0 outside range',
        '3.0.0-a outside range',
      ],
    ],
    ['>=1.1.0-a <3', ['1.1.0-b yanked', '2.0.0 yanked', '3.0.0-a outside range']],
    ['1.0.0', []],
    ['1.0.1', []],
    [facts('1.0.0').build.sha, []],
    ['latestPrivate', ['1.3.0 yanked']],
  ])('of %s', (selector, expected) => {
    expect(traced(catalog, selector)).toEqual(expected);
  });

  it('of a pointer has no candidates, and of a stable behind gates those that have not entered', () => {
    const gated = catalogOf(
      '1.0.0',
      facts('1.1.0', { stable: false }),
      facts('1.2.0', PRIVATE),
      '1.3.0-a',
      facts('1.4.0', YANKED),
    );
    gated.public.setPointer('lts', version('1.0.0').key);
    expect(traced(gated, 'lts')).toEqual([]);
    expect(traced(gated, 'stable')).toEqual([
      '1.1.0 not in stable yet',
      '1.3.0-a prerelease',
      '1.4.0 yanked',
    ]);
  });

  it('of the SHA of an unpublished build is empty', () => {
    const unpublished = catalogOf('1.0.0');
    unpublished.putBuild(build('e'));
    expect(traced(unpublished, sha('e'))).toEqual([]);
  });

  it('says how it was cut off', () => {
    const above = Array.from({ length: 25 }, (_, index) => `2.${index}.0`);
    const texts = above.map((text, index) => (index % 2 === 0 ? facts(text) : facts(text, YANKED)));
    const many = catalogOf('1.0.0', ...texts, facts('1.5.0', PRIVATE), facts('9.0.0', PRIVATE));
    expect(traced(many, '1')).toEqual([
      ...above.slice(0, 10).map((text) => `${text} outside range`),
      '2.10.0 cut off here: 15 more above',
    ]);
    const ten = catalogOf('1.0.0', ...texts.slice(0, 10));
    expect(traced(ten, '1')).toEqual(above.slice(0, 10).map((text) => `${text} outside range`));
  });
});
