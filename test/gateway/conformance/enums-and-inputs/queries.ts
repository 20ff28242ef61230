import type { Feature } from '../suite';
import { world } from './subgraphs';

export const enumsAndInputs: Feature = {
  feature: 'enums and input types across subgraphs',
  world,
  cases: [
    {
      name: 'a value that callers know',
      query: '{ byRole(role: GUEST) { id role } }',
      expected: {
        data: { byRole: [{ id: 'u1', role: 'GUEST' }] },
      },
      fetches: { a: 1 },
    },
    {
      name: 'a value that callers do not know of is null, with an error',
      query: '{ users { id role } }',
      expected: {
        errors: [{ message: 'Enum "Role" cannot represent this value.', path: ['users', 1, 'role'] }],
        data: {
          users: [
            { id: 'u1', role: 'GUEST' },
            { id: 'u2', role: null },
            { id: 'u3', role: 'OWNER' },
          ],
        },
      },
      fetches: { a: 1 },
      unlikeOneSchema: 'One schema would name the value in its error.',
    },
    {
      name: 'a value as a variable',
      query: 'query ($r: Role!) { byRole(role: $r) { role best } }',
      variables: { r: 'OWNER' },
      expected: {
        data: { byRole: [{ role: 'OWNER', best: 'BLUE' }] },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'a value of the caller that is none is refused before anybody is asked',
      query: 'query ($r: Role!) { byRole(role: $r) { role } }',
      variables: { r: 'SECRET' },
      expected: {
        errors: [
          {
            message:
              'Variable "$r" got invalid value "SECRET"; Value "SECRET" does not exist in "Role" enum.',
          },
        ],
      },
      fetches: {},
    },
    {
      name: 'values of an enum that only one subgraph gives',
      query: '{ users { best } }',
      expected: {
        data: { users: [{ best: 'BLUE' }, { best: 'BLUE' }, { best: 'BLUE' }] },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'an enum as an argument of an entity, and its default',
      query: 'query ($r: Role) { users { mood a: mood(as: GUEST) b: mood(as: $r) } }',
      variables: { r: null },
      expected: {
        data: {
          users: [
            { mood: 'u1 as OWNER', a: 'u1 as GUEST', b: 'u1 as null' },
            { mood: 'u2 as OWNER', a: 'u2 as GUEST', b: 'u2 as null' },
            { mood: 'u3 as OWNER', a: 'u3 as GUEST', b: 'u3 as null' },
          ],
        },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'an input object of one subgraph',
      query: '{ search(filter: { role: OWNER, ids: ["u3", "u1"] }) { id } }',
      expected: {
        data: { search: [{ id: 'u3' }] },
      },
      fetches: { a: 1 },
    },
    {
      name: 'the same input type of another',
      query: '{ found(filter: { nested: { deep: [2, 3] }, since: 3 }) { id } }',
      expected: {
        data: { found: [{ id: 'u3' }] },
      },
      fetches: { b: 1 },
    },
    {
      name: 'a default within an input object',
      query: '{ found(filter: {}) { id } search(filter: { since: 1 }) { id } }',
      expected: {
        data: { found: [{ id: 'u2' }, { id: 'u3' }], search: [{ id: 'u1' }, { id: 'u2' }, { id: 'u3' }] },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'an input object as a variable, to two subgraphs',
      query: 'query ($f: Filter!) { search(filter: $f) { id mood } found(filter: $f) { id } }',
      variables: {
        f: { since: 1, nested: { deep: [1] } },
      },
      expected: {
        data: { search: [{ id: 'u1', mood: 'u1 as OWNER' }], found: [{ id: 'u1' }] },
      },
      fetches: { b: 2, a: 1 },
    },
    {
      name: 'variables within an input object',
      query: 'query ($s: Int, $d: [Int!]) { found(filter: { since: $s, nested: { deep: $d } }) { id } }',
      variables: { s: 1, d: [1, 3] },
      expected: {
        data: { found: [{ id: 'u1' }, { id: 'u3' }] },
      },
      fetches: { b: 1 },
    },
    {
      name: 'only the fields that all subgraphs know',
      query:
        '{ __type(name: "Filter") { inputFields { name defaultValue } } r: __type(name: "Role") { enumValues { name } } c: __type(name: "Colour") { enumValues { name } } }',
      expected: {
        data: {
          __type: {
            inputFields: [
              { name: 'since', defaultValue: '2' },
              { name: 'role', defaultValue: null },
              { name: 'ids', defaultValue: null },
              { name: 'nested', defaultValue: null },
            ],
          },
          r: { enumValues: [{ name: 'GUEST' }, { name: 'OWNER' }] },
          c: { enumValues: [{ name: 'RED' }, { name: 'GREEN' }, { name: 'BLUE' }] },
        },
      },
      fetches: {},
    },
  ],
};
