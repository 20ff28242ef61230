import type { Feature } from '../suite';
import { world } from './subgraphs';

export const scalars: Feature = {
  feature: 'scalars, keys of every type, and lists',
  world,
  cases: [
    {
      name: 'keys of zero, false and the empty text are keys',
      query: '{ rows { key } }',
      expected: {
        data: { rows: [{ key: '[1,true,"2026-01-01"]' }, { key: '[0,false,""]' }] },
      },
      fetches: { a: 1, b: 1 },
      representations: {
        b: [
          [
            { __typename: 'Row', number: 1, flag: true, when: '2026-01-01' },
            { __typename: 'Row', number: 0, flag: false, when: '' },
          ],
        ],
      },
    },
    {
      name: 'a scalar that is an object is required as it is',
      query: '{ rows { doubled json } }',
      expected: {
        data: {
          rows: [
            {
              doubled: {
                twice: { a: [1, { b: null }] },
              },
              json: { a: [1, { b: null }] },
            },
            { doubled: { twice: [null, 'x'] }, json: [null, 'x'] },
          ],
        },
      },
      fetches: { a: 1, b: 1 },
      representations: {
        b: [
          [
            {
              __typename: 'Row',
              json: { a: [1, { b: null }] },
              number: 1,
              flag: true,
              when: '2026-01-01',
            },
            { __typename: 'Row', json: [null, 'x'], number: 0, flag: false, when: '' },
          ],
        ],
      },
    },
    {
      name: 'lists in lists in lists',
      query: '{ rows { matrix depth } }',
      expected: {
        data: {
          rows: [
            {
              matrix: [[[1], []], [[2, 3]]],
              depth: 3,
            },
            { matrix: [], depth: 0 },
          ],
        },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'numbers as they are',
      query: '{ rows { ratio big number } }',
      expected: {
        data: {
          rows: [
            { ratio: 0.5, big: 9007199254740991, number: 1 },
            { ratio: -1.25, big: 0, number: 0 },
          ],
        },
      },
      fetches: { a: 1 },
    },
    {
      name: 'JSON as an argument, with variables in it, to two subgraphs',
      query: 'query ($v: JSON, $n: Int) { echo(value: { a: [$n, { b: $v }] }) mirror(value: $v) }',
      variables: { v: { x: [1, null] }, n: 4 },
      expected: {
        data: {
          echo: {
            a: [4, { b: { x: [1, null] } }],
          },
          mirror: { x: [1, null] },
        },
      },
      fetches: { b: 1, a: 1 },
    },
    {
      name: 'JSON that looks like the machinery',
      query: '{ echo(value: { __typename: "Row", id: null, _entities: [] }) }',
      expected: { data: { echo: { __typename: 'Row', _entities: [], id: null } } },
      fetches: { a: 1 },
    },
    {
      name: 'null and nothing as an argument',
      query: 'query ($v: JSON) { a: echo(value: null) b: echo c: mirror(value: $v) }',
      expected: { data: { a: null, b: null, c: null } },
      fetches: { b: 1, a: 1 },
    },
  ],
};
