import { validateHeaderValue } from 'node:http';

import fc from 'fast-check';

import { parseReference } from '../../../src/domain/reference';
import { deprecationHeaders, deprecationWarning } from '../../../src/domain/release';
import { anyVersion } from '../support';
import { time } from './support';

const SINCE = time('2026-03-15T12:00:00.999Z');
const REMOVAL = time('2027-01-31T08:49:37Z');

test('the headers of a deprecated version', () => {
  expect(deprecationHeaders({ since: SINCE, removalAt: REMOVAL, replacement: 'Acme/Detect/2.0.0' })).toEqual([
    'Deprecation',
    '@1773576000',
    'Sunset',
    'Sun, 31 Jan 2027 08:49:37 GMT',
    'Link',
    '</v1/algo/Acme/Detect/2.0.0>; rel="successor-version"',
  ]);
  expect(deprecationHeaders({ since: SINCE, removalAt: null, replacement: null })).toEqual([
    'Deprecation',
    '@1773576000',
  ]);
});

const LINKS: readonly (readonly [replacement: string, path: string | null])[] = [
  ['Acme/Detect', '/v1/algo/Acme/Detect'],
  ['algo://Acme/Detect/', '/v1/algo/Acme/Detect'],
  ['Acme/Detect/2', '/v1/algo/Acme/Detect/2'],
  ['Acme/Detect/stable', '/v1/algo/Acme/Detect/stable'],
  ['Acme/Detect/2.0.0+a', '/v1/algo/Acme/Detect/2.0.0%2Ba'],
  ['Acme/Detect/>=2 <3', '/v1/algo/Acme/Detect/%3E%3D2%20%3C3'],
  ['Acme/Detect/[2,3)', '/v1/algo/Acme/Detect/%5B2%2C3)'],
  ['Acme/Detect/2.0.0\r\n', '/v1/algo/Acme/Detect/2.0.0%0D%0A'],
  ['none', null],
  ['2.0.0', null],
  ['use Acme/Detect instead', null],
  ['https://example.com/a', null],
  ['Acme/Detect/2>; rel="evil"', null],
  ['Acme/Detect\r\nSet-Cookie: a=b/1', null],
  ['Acme/../x', null],
  ['Acme/Detect/%0d%0a', null],
  ['', null],
];
test.each(LINKS)('a replacement %j is linked to at %s', (replacement, path) => {
  const [, ...link] = deprecationHeaders({ since: 0, removalAt: null, replacement });
  expect(link.slice(1)).toEqual(path === null ? [] : ['Link', `<${path}>; rel="successor-version"`]);
});

test('no header carries anything but what it is for, whatever the owner wrote', () => {
  const evil = fc.constantFrom(
    '\r\n',
    '\n',
    '>',
    '<',
    '"',
    ';',
    '/',
    ' ',
    'Acme',
    '/Detect/',
    '2',
    '^1',
    '\u2028',
    '\ud800',
    'é',
  );
  const replacement = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(evil, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.array(evil, { maxLength: 4 }).map((pieces) => `Acme/Detect/${pieces.join('')}`),
    fc
      .tuple(
        fc.constantFrom('^', '~', '>= ', '<\n', '\r\n', ''),
        anyVersion,
        fc.constantFrom('', '\r\n', ' || 2'),
      )
      .map((pieces) => `Acme/Detect/${pieces.join('')}`),
  );
  const at = fc.integer({ min: 0, max: time('9999-12-31T23:59:59Z') });
  let links = 0;
  fc.assert(
    fc.property(at, fc.option(at), fc.option(replacement), (since, removalAt, text) => {
      const headers = deprecationHeaders({ since, removalAt, replacement: text });
      expect(headers.length % 2).toBe(0);
      for (let index = 0; index < headers.length; index += 2) {
        const [name, value] = [headers[index]!, headers[index + 1]!];
        expect(() => validateHeaderValue(name, value)).not.toThrow();
        expect(value).toMatch(/^[\x20-\x7e]+$/);
        if (name === 'Deprecation') expect(value).toMatch(/^@\d+$/);
        if (name === 'Sunset')
          expect(Math.floor(Date.parse(value) / 1000)).toBe(Math.floor(removalAt! / 1000));
        if (name === 'Link') {
          links += 1;
          const path = /^<\/v1\/algo\/([\w./%*~^!'()-]+)>; rel="successor-version"$/.exec(value)?.[1];
          const { owner, name: algorithm, selector } = parseReference(text!);
          expect(decodeURIComponent(path!)).toBe(
            [owner, algorithm, selector.text].filter((part) => part !== '').join('/'),
          );
        }
      }
    }),
    { numRuns: 1000 },
  );
  expect(links).toBeGreaterThan(0);
});

const WARNINGS: readonly (readonly [
  notice: { message: string; replacement: string | null; removalAt: number | null },
  sentence: string,
])[] = [
  [
    { message: 'it misses small boxes', replacement: 'Acme/Detect/2', removalAt: REMOVAL },
    'A/d/1.0.0 is deprecated: it misses small boxes; use Acme/Detect/2 instead; it will be removed on 2027-01-31.',
  ],
  [
    { message: ' Old.\r\n', replacement: null, removalAt: null },
    'A/d/1.0.0 is deprecated: Old; there is no replacement.',
  ],
  [
    { message: 'first line\n\tsecond\u2028\u0000third.', replacement: ' None ', removalAt: null },
    'A/d/1.0.0 is deprecated: first line second third; there is no replacement.',
  ],
];
test.each(WARNINGS)('%j in one sentence', (notice, sentence) => {
  expect(deprecationWarning('A/d/1.0.0', notice)).toBe(sentence);
});

test('a warning is one line, whatever the owner wrote', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.option(fc.string({ unit: 'binary' })),
      (message, replacement) => {
        const warning = deprecationWarning('A/d/1.0.0', { message, replacement, removalAt: null });
        expect(warning).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(warning.endsWith('.')).toBe(true);
      },
    ),
  );
});
