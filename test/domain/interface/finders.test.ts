import { BreakingChangeType, buildSchema, DangerousChangeType } from 'graphql';

import { findChanges, type FoundCode } from '../../../src/domain/interface/finders';
import { pathOf, type Site } from '../../../src/domain/interface/site';

const QUERY = 'type Query { f: Int }';
const N = `${QUERY} interface N { x: Int }`;

/** One pair of schemas for each of graphql's changes, and the place that its description is read as. */
const PROVOKED: Readonly<
  Record<FoundCode, readonly [before: string, after: string, site: Site, path: string]>
> = {
  TYPE_REMOVED: [`${QUERY} type A { b: Int }`, QUERY, { type: 'A' }, 'A'],
  TYPE_CHANGED_KIND: [`${QUERY} scalar A`, `${QUERY} enum A { X }`, { type: 'A' }, 'A'],
  TYPE_REMOVED_FROM_UNION: [
    `${QUERY} union U = A | B type A { x: Int } type B { x: Int }`,
    `${QUERY} union U = A type A { x: Int } type B { x: Int }`,
    { type: 'U', member: 'B' },
    'U.B',
  ],
  VALUE_REMOVED_FROM_ENUM: [
    `${QUERY} enum E { X Y }`,
    `${QUERY} enum E { X }`,
    { type: 'E', member: 'Y' },
    'E.Y',
  ],
  REQUIRED_INPUT_FIELD_ADDED: [
    `${QUERY} input I { a: Int }`,
    `${QUERY} input I { a: Int b: Int! }`,
    { type: 'I', field: 'b' },
    'I.b',
  ],
  IMPLEMENTED_INTERFACE_REMOVED: [
    `${N} type A implements N { x: Int }`,
    `${N} type A { x: Int }`,
    { type: 'A', implemented: 'N' },
    'A',
  ],
  FIELD_REMOVED: ['type Query { f: Int g: Int }', QUERY, { type: 'Query', field: 'g' }, 'Query.g'],
  FIELD_CHANGED_KIND: [QUERY, 'type Query { f: [Int] }', { type: 'Query', field: 'f' }, 'Query.f'],
  REQUIRED_ARG_ADDED: [
    QUERY,
    'type Query { f(a: Int!): Int }',
    { type: 'Query', field: 'f', arg: 'a' },
    'Query.f(a:)',
  ],
  ARG_REMOVED: [
    'type Query { f(a: Int): Int }',
    QUERY,
    { type: 'Query', field: 'f', arg: 'a' },
    'Query.f(a:)',
  ],
  ARG_CHANGED_KIND: [
    'type Query { f(a: Int): Int }',
    'type Query { f(a: [Int!]!): Int }',
    { type: 'Query', field: 'f', arg: 'a' },
    'Query.f(a:)',
  ],
  DIRECTIVE_REMOVED: [`${QUERY} directive @d on FIELD`, QUERY, { directive: 'd' }, '@d'],
  DIRECTIVE_ARG_REMOVED: [
    `${QUERY} directive @d(a: Int) on FIELD`,
    `${QUERY} directive @d on FIELD`,
    { directive: 'd', arg: 'a' },
    '@d(a:)',
  ],
  REQUIRED_DIRECTIVE_ARG_ADDED: [
    `${QUERY} directive @d on FIELD`,
    `${QUERY} directive @d(a: Int!) on FIELD`,
    { directive: 'd', arg: 'a' },
    '@d(a:)',
  ],
  DIRECTIVE_REPEATABLE_REMOVED: [
    `${QUERY} directive @d repeatable on FIELD`,
    `${QUERY} directive @d on FIELD`,
    { directive: 'd' },
    '@d',
  ],
  DIRECTIVE_LOCATION_REMOVED: [
    `${QUERY} directive @d on FIELD | INLINE_FRAGMENT`,
    `${QUERY} directive @d on FIELD`,
    { directive: 'd' },
    '@d',
  ],
  VALUE_ADDED_TO_ENUM: [
    `${QUERY} enum E { X }`,
    `${QUERY} enum E { X Y }`,
    { type: 'E', member: 'Y' },
    'E.Y',
  ],
  TYPE_ADDED_TO_UNION: [
    `${QUERY} union U = A type A { x: Int } type B { x: Int }`,
    `${QUERY} union U = A | B type A { x: Int } type B { x: Int }`,
    { type: 'U', member: 'B' },
    'U.B',
  ],
  OPTIONAL_INPUT_FIELD_ADDED: [
    `${QUERY} input I { a: Int }`,
    `${QUERY} input I { a: Int b: Int }`,
    { type: 'I', field: 'b' },
    'I.b',
  ],
  OPTIONAL_ARG_ADDED: [
    QUERY,
    'type Query { f(a: Int): Int }',
    { type: 'Query', field: 'f', arg: 'a' },
    'Query.f(a:)',
  ],
  IMPLEMENTED_INTERFACE_ADDED: [
    `${N} type A { x: Int }`,
    `${N} type A implements N { x: Int }`,
    { type: 'A', implemented: 'N' },
    'A',
  ],
  ARG_DEFAULT_VALUE_CHANGE: [
    'type Query { f(a: Int = 1): Int }',
    'type Query { f(a: Int = 2): Int }',
    { type: 'Query', field: 'f', arg: 'a' },
    'Query.f(a:)',
  ],
};

test.each(Object.entries(PROVOKED))('graphql tells the place of %s', (code, [before, after, site, path]) => {
  const severity = code in BreakingChangeType ? 'BREAKING' : 'DANGEROUS';
  const found = findChanges(buildSchema(before), buildSchema(after));
  expect(found).toEqual([
    { severity, code, site: expect.objectContaining(site), message: expect.any(String) },
  ]);
  expect({ ...found[0]?.site }).toEqual(site);
  expect(pathOf(found[0]!.site)).toBe(path);
});

test('there is no other change that graphql tells', () => {
  const codes = [...Object.keys(BreakingChangeType), ...Object.keys(DangerousChangeType)];
  expect(Object.keys(PROVOKED).sort()).toEqual(codes.sort());
});

test('a scalar of the language that is no longer needed is a type like others to graphql', () => {
  const [found] = findChanges(
    buildSchema('type Query { f: Int g: Float }'),
    buildSchema('type Query { f: Int }'),
  );
  expect(found).toMatchObject({ code: 'TYPE_REMOVED', site: { type: 'Float' } });
});
