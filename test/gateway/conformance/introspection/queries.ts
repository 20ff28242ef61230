import type { Feature } from '../suite';
import { world } from './subgraphs';

export const introspection: Feature = {
  feature: 'introspection and __typename',
  world,
  cases: [
    {
      name: 'the name of the root type asks nobody',
      query: '{ __typename a: __typename }',
      expected: { data: { __typename: 'Query', a: 'Query' } },
      fetches: {},
    },
    {
      name: 'and of a mutation',
      query: 'mutation { __typename }',
      expected: { data: { __typename: 'Mutation' } },
      fetches: {},
    },
    {
      name: 'names of types in a list, under other names',
      query: '{ things { __typename kind: __typename ... on Thing { again: __typename } } }',
      expected: {
        data: {
          things: [
            { __typename: 'Rock', kind: 'Rock', again: 'Rock' },
            { __typename: 'Plant', kind: 'Plant', again: 'Plant' },
          ],
        },
      },
      fetches: { things: 1 },
    },
    {
      name: 'names of types alone, of a union',
      query: '{ any { __typename } }',
      expected: {
        data: { any: [{ __typename: 'Rock' }, { __typename: 'Plant' }] },
      },
      fetches: { things: 1 },
    },
    {
      name: 'names beside fields of another subgraph',
      query: '{ any { ... on Rock { __typename colour } ... on Plant { t: __typename } } }',
      expected: {
        data: { any: [{ __typename: 'Rock', colour: 'grey' }, { t: 'Plant' }] },
      },
      fetches: { things: 1, colours: 1 },
    },
    {
      name: 'the root types',
      query:
        '{ __schema { queryType { name description } mutationType { name } subscriptionType { name } } }',
      expected: {
        data: {
          __schema: {
            queryType: { name: 'Query', description: 'All there is to ask.' },
            mutationType: { name: 'Mutation' },
            subscriptionType: null,
          },
        },
      },
      fetches: {},
    },
    {
      name: 'a type of two subgraphs',
      query:
        '{ __type(name: "Rock") { kind interfaces { name } fields(includeDeprecated: true) { name type { kind name ofType { name } } isDeprecated deprecationReason } } }',
      expected: {
        data: {
          __type: {
            kind: 'OBJECT',
            interfaces: [{ name: 'Thing' }],
            fields: [
              {
                name: 'id',
                type: { kind: 'NON_NULL', name: null, ofType: { name: 'ID' } },
                isDeprecated: false,
                deprecationReason: null,
              },
              {
                name: 'colour',
                type: { kind: 'SCALAR', name: 'String', ofType: null },
                isDeprecated: false,
                deprecationReason: null,
              },
              {
                name: 'hard',
                type: { kind: 'SCALAR', name: 'Boolean', ofType: null },
                isDeprecated: true,
                deprecationReason: 'always',
              },
            ],
          },
        },
      },
      fetches: {},
    },
    {
      name: 'an interface and a union',
      query:
        '{ i: __type(name: "Thing") { description possibleTypes { name } fields { name } } u: __type(name: "Any") { kind possibleTypes { name } } }',
      expected: {
        data: {
          i: {
            description: 'A thing.',
            possibleTypes: [{ name: 'Rock' }, { name: 'Plant' }],
            fields: [{ name: 'id' }],
          },
          u: { kind: 'UNION', possibleTypes: [{ name: 'Rock' }, { name: 'Plant' }] },
        },
      },
      fetches: {},
    },
    {
      name: 'arguments',
      query:
        '{ __type(name: "Query") { fields { name description args(includeDeprecated: true) { name defaultValue isDeprecated } } } }',
      expected: {
        data: {
          __type: {
            fields: [
              {
                name: 'things',
                description: 'All things.',
                args: [{ name: 'first', defaultValue: '2', isDeprecated: true }],
              },
              { name: 'any', description: null, args: [] },
            ],
          },
        },
      },
      fetches: {},
    },
    {
      name: "a type that is federation's",
      query:
        '{ a: __type(name: "_Any") { name } b: __type(name: "_Entity") { name } c: __type(name: "join__Graph") { name } d: __type(name: "_Service") { name } }',
      expected: { data: { a: null, b: null, c: null, d: null } },
      fetches: {},
    },
    {
      name: 'beside data, with a variable',
      query: 'query ($n: String!) { __type(name: $n) { name } things { id } }',
      variables: { n: 'Plant' },
      expected: {
        data: { __type: { name: 'Plant' }, things: [{ id: 'h1' }, { id: 'h2' }] },
      },
      fetches: { things: 1 },
    },
    {
      name: 'in a fragment',
      query: '{ ...S things { id } } fragment S on Query { s: __schema { queryType { name } } }',
      expected: {
        data: { s: { queryType: { name: 'Query' } }, things: [{ id: 'h1' }, { id: 'h2' }] },
      },
      fetches: { things: 1 },
    },
  ],
};
