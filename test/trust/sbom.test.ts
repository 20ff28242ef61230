import fc from 'fast-check';

import { AlgogateError } from '../../src/domain/errors';
import { parseSbom } from '../../src/trust';
import { NAME } from './support';

const cycloneDx = (components: unknown, more: object = {}): object => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components,
  ...more,
});
const spdx = (packages: unknown, more: object = {}): object => ({
  spdxVersion: 'SPDX-2.3',
  packages,
  ...more,
});
const read = (document: object) => parseSbom(JSON.stringify(document), NAME);

describe('CycloneDX', () => {
  test.each<[string, unknown, string]>([
    ['an id', [{ license: { id: 'MIT' } }], 'MIT'],
    ['a name', [{ license: { name: 'The MIT License' } }], 'The MIT License'],
    ['an expression', [{ expression: 'MIT OR ISC' }], 'MIT OR ISC'],
    ['several', [{ license: { id: 'MIT' } }, { expression: 'ISC OR 0BSD' }], '(MIT) AND (ISC OR 0BSD)'],
    ['none', [], 'NOASSERTION'],
    ['nothing', undefined, 'NOASSERTION'],
    ['null', null, 'NOASSERTION'],
  ])('a component with %s', (_what, licenses, licence) => {
    expect(read(cycloneDx([{ name: 'a', licenses }]))).toEqual({
      format: 'CYCLONEDX',
      licences: [{ licence, components: 1, example: 'a' }],
    });
  });

  test('components within components, and the one that it is about', () => {
    const mit = [{ license: { id: 'MIT' } }];
    const components = [
      { name: 'a', licenses: mit, components: [{ name: 'b', components: [{ name: 'c' }] }] },
    ];
    const metadata = { component: { name: 'me', licenses: [{ license: { id: 'ISC' } }] } };
    expect(read(cycloneDx(components, { metadata })).licences).toEqual([
      { licence: 'ISC', components: 1, example: 'me' },
      { licence: 'MIT', components: 1, example: 'a' },
      { licence: 'NOASSERTION', components: 2, example: 'b' },
    ]);
  });
});

describe('SPDX', () => {
  test.each<[string, object, string]>([
    ['concluded', { licenseConcluded: 'MIT', licenseDeclared: 'ISC' }, 'MIT'],
    ['declared alone', { licenseConcluded: 'NOASSERTION', licenseDeclared: 'ISC' }, 'ISC'],
    ['none', { licenseConcluded: 'NONE', licenseDeclared: 'ISC' }, 'NONE'],
    ['not known', { licenseConcluded: 'NOASSERTION', licenseDeclared: 'NOASSERTION' }, 'NOASSERTION'],
    ['not said', {}, 'NOASSERTION'],
  ])('a licence that is %s', (_what, said, licence) => {
    expect(read(spdx([{ name: 'a', ...said }]))).toEqual({
      format: 'SPDX',
      licences: [{ licence, components: 1, example: 'a' }],
    });
  });
});

describe('an SBOM is refused', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `p${at}` }));

  test.each<[string, object, string, string?]>([
    ['that is a list', [], 'is neither CycloneDX 1.2 to 1.7 nor SPDX 2.0 to 2.3, as JSON'],
    ['of an old version', cycloneDx(many(1), { specVersion: '1.1' }), 'is neither CycloneDX'],
    ['of a new version', spdx(many(1), { spdxVersion: 'SPDX-3.0' }), 'is neither CycloneDX'],
    ['without components', cycloneDx([]), 'names no component'],
    ['without packages', spdx(undefined), 'names no component'],
    ['with a component that is none', cycloneDx([{ licenses: [] }]), 'has a component that is none: name'],
    [
      'with a licence that is none',
      cycloneDx([{ name: 'a', licenses: [{}] }]),
      'has a component that is none',
    ],
    ['with a package that is none', spdx([{ name: 'a' }, 'b']), 'has a package that is none: packages.1'],
    ['with half a character', spdx([{ name: '\ud800' }]), 'has a package that is none: packages.0'],
    [
      'with a long licence',
      spdx([{ name: 'a', licenseDeclared: 'x'.repeat(1001) }]),
      'has a licence of over 1000 characters',
    ],
    ['of too many components', spdx(many(5001)), 'names over 5000 components', 'TOO_LARGE'],
    [
      'of too many licences',
      spdx(many(501).map((one, at) => ({ ...one, licenseDeclared: `x-${at}` }))),
      'names over 500 different licences',
      'TOO_LARGE',
    ],
  ])('%s', (_what, document, why, code = 'INVALID_INPUT') => {
    expect(() => read(document)).toThrow(expect.objectContaining({ code, field: ['document'] }) as Error);
    expect(() => read(document)).toThrow(why);
  });

  test('where it says something twice', () => {
    expect(() => parseSbom('{"spdxVersion":"SPDX-2.3","spdxVersion":"SPDX-2.3"}', NAME)).toThrow('twice');
  });

  test('or read, whatever it is, soon', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const component = fc.record(
      { name: fc.oneof(fc.string(), json), licenses: fc.oneof(fc.array(json), json), components: json },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(component), json), json, (components, metadata) => {
        for (const document of [cycloneDx(components, { metadata }), spdx(components)]) {
          try {
            read(document);
          } catch (error) {
            expect(error).toBeInstanceOf(AlgogateError);
          }
        }
      }),
      { numRuns: 500 },
    );
    const before = performance.now();
    read(cycloneDx(many(5000)));
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
