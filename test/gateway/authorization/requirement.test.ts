import fc from 'fast-check';
import { parse } from 'graphql';

import { compose, GatewayError, Graph } from '../../../src/gateway';
import { namesInSupergraph, requirementOf } from '../../../src/gateway/authorization/directives';
import {
  both,
  implies,
  inWords,
  keyOf,
  NOTHING,
  type Alternatives,
  type Requirement,
} from '../../../src/gateway/authorization/requirement';
import { outcomeOf } from '../../../src/gateway/authorization/rights';

const scopes = (...alternatives: string[][]): Requirement => ({ ...NOTHING, scopes: alternatives });
const AUTHENTICATED: Requirement = { ...NOTHING, authenticated: true };

test.each([
  [scopes(['a']), 'the scope "a"'],
  [scopes(['a', 'b']), 'the scopes "a" and "b"'],
  [scopes(['a', 'b'], ['c']), 'the scopes "a" and "b" or "c"'],
  [scopes(), 'a scope that nobody has'],
  [AUTHENTICATED, 'a valid credential'],
  [
    { authenticated: true, scopes: [['a']], policies: [['p'], ['q']] },
    'a valid credential, and the scope "a", and the policies "p" or "q"',
  ],
  [NOTHING, 'nothing'],
])('%j is told as: %s', (requirement, words) => {
  expect(inWords(requirement)).toBe(words);
});

const NAMES = ['a', 'b', 'c'] as const;
const alternatives: fc.Arbitrary<Alternatives> = fc.array(fc.subarray([...NAMES]), { maxLength: 3 });
const anyRequirement: fc.Arbitrary<Requirement> = fc.record({
  authenticated: fc.boolean(),
  scopes: alternatives,
  policies: alternatives,
});

/** Every way in which a caller can be: 2 × 8 × 8 of them. */
const subsets = Array.from(
  { length: 8 },
  (_, bits) => new Set(NAMES.filter((_name, at) => (bits >> at) % 2 === 1)),
);
const callers = [true, false].flatMap((authenticated) =>
  subsets.flatMap((held) =>
    subsets.map((policies) => ({ authenticated, scopes: held, policies: () => policies })),
  ),
);
const meets = (requirement: Requirement): string =>
  callers.map((caller) => (outcomeOf([requirement], caller) === '1' ? '1' : '0')).join('');
const meetsBoth = (left: Requirement, right: Requirement): string =>
  callers.map((caller) => (outcomeOf([left, right], caller) === '11' ? '1' : '0')).join('');

test('both, implies and keyOf say what the callers that meet a requirement say', () => {
  fc.assert(
    fc.property(anyRequirement, anyRequirement, (left, right) => {
      expect(meets(both(left, right))).toBe(meetsBoth(left, right));
      const within = [...meets(left)].every((met, at) => met === '0' || meets(right)[at] === '1');
      // who can never be met meets everything, whatever else it asks for
      if (meets(left).includes('1')) expect(implies(left, right)).toBe(within);
      if (meets(left).includes('1') && meets(right).includes('1')) {
        expect(keyOf(left) === keyOf(right)).toBe(meets(left) === meets(right));
      }
    }),
  );
});

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@override", "@authenticated", "@requiresScopes", "@policy"])`;

function composed(...subgraphs: string[]): string {
  return compose(subgraphs.map((sdl, at) => ({ name: `s${at}`, sdl: `${FEDERATION} ${sdl}` })));
}

/** What the supergraph asks of a field. */
function askedOf(supergraphSdl: string, type: string, name: string): Requirement {
  const supergraph = parse(supergraphSdl);
  for (const node of supergraph.definitions) {
    if (!('fields' in node) || node.name.value !== type) continue;
    const field = node.fields.find((one) => one.name.value === name);
    if (field !== undefined) return requirementOf(field.directives, namesInSupergraph(supergraph));
  }
  throw new Error(`There is no ${type}.${name}.`);
}

function written({ authenticated, scopes: asked, policies }: Requirement): string {
  const without = (list: Alternatives): boolean => list.some((group) => group.length === 0);
  return [
    authenticated ? '@authenticated' : '',
    without(asked) ? '' : `@requiresScopes(scopes: ${JSON.stringify(asked)})`,
    without(policies) ? '' : `@policy(policies: ${JSON.stringify(policies)})`,
  ].join(' ');
}

test('a shared field asks in the supergraph for what all its subgraphs ask for together', () => {
  const some = anyRequirement.filter((one) => one.scopes.length > 0 && one.policies.length > 0);
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 3 }), (requirements) => {
      const subgraphs = requirements.map((one) => `type Query { x: Int @shareable ${written(one)} }`);
      const expected = requirements.reduce(both, NOTHING);
      expect(meets(askedOf(composed(...subgraphs), 'Query', 'x'))).toBe(meets(expected));
    }),
    { numRuns: 60 },
  );
});

test('what a subgraph asks of a field that another takes over is still asked', () => {
  const sdl = composed(
    'type Query { t: T } type T @key(fields: "id") { id: ID! x: Int @authenticated }',
    'type T @key(fields: "id") { id: ID! x: Int @override(from: "s0") }',
  );
  expect(askedOf(sdl, 'T', 'x')).toEqual(AUTHENTICATED);
});

function refusalOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return error.details;
  }
  throw new Error('It was not refused.');
}

test.each([
  [
    'an empty list, which it takes for no directive',
    ['type Query { x: Int @requiresScopes(scopes: []) }'],
    'Query.x needs a scope that nobody has by its subgraphs, and would need nothing',
  ],
  [
    'a name with a comma, which it takes for two',
    [
      'type Query { x: Int @shareable @policy(policies: [["a,b"], ["a", "b"]]) }',
      'type Query { x: Int @shareable @policy(policies: [[]]) }',
    ],
    'Query.x needs the policies "a" and "b" or "a,b" by its subgraphs, and would need the policies "a" and "b"',
  ],
])('what the composer would change is refused: %s', (_what, subgraphs, message) => {
  expect(refusalOf(() => composed(...subgraphs))).toEqual([
    `REQUIREMENT_CHANGED: ${message} in the composed graph: give it lists that are not empty, of names without commas.`,
  ]);
});

test('a supergraph with a link for security that is not known is not served', () => {
  const sdl = composed('type Query { x: Int }').replace(
    'schema ',
    'schema @link(url: "https://example.com/vault/v1.0", for: SECURITY) ',
  );
  expect(refusalOf(() => new Graph(sdl, {}, 1000))).toEqual([
    'https://example.com/vault is linked for security, and not known to this gateway.',
  ]);
});
