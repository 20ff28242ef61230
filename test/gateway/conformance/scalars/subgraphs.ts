import { World, type Row } from '../../world';
import { asGiven, find } from '../rows';

const rows: Row[] = [
  {
    number: 1,
    flag: true,
    ratio: 0.5,
    json: { a: [1, { b: null }] },
    matrix: [[[1], []], [[2, 3]]],
    when: '2026-01-01',
    big: 9007199254740991,
  },
  { number: 0, flag: false, ratio: -1.25, json: [null, 'x'], matrix: [], when: '', big: 0 },
];
const doubled = (row: Row) => ({ twice: row['json'] });
const echo = (_: Row, { value }: Row) => value;

/** Keys that are numbers, booleans and enums, falsy ones among them; scalars that are objects; lists of lists of lists. */
export function world(): World {
  const rowsRoot = () => rows;
  return new World({
    subgraphs: {
      a: {
        sdl: `
          scalar JSON
          scalar Date
          type Query { rows: [Row!]!  echo(value: JSON): JSON }
          type Row @key(fields: "number flag when") { number: Int! flag: Boolean! ratio: Float json: JSON matrix: [[[Int!]!]!] when: Date big: Float }`,
        resolvers: { Query: { rows: rowsRoot, echo } },
        loaders: { Row: ({ number }) => find(rows, 'number', number) },
      },
      b: {
        sdl: `
          scalar JSON
          scalar Date
          type Query { mirror(value: JSON): JSON }
          type Row @key(fields: "number flag when") {
            number: Int! flag: Boolean! when: Date json: JSON @external matrix: [[[Int!]!]!] @external
            doubled: JSON @requires(fields: "json") depth: Int @requires(fields: "matrix") key: String
          }`,
        resolvers: {
          Query: { mirror: echo },
          Row: {
            doubled,
            depth: (row) => (row['matrix'] as unknown[]).flat(3).length,
            key: ({ number, flag, when }) => JSON.stringify([number, flag, when]),
          },
        },
        loaders: { Row: asGiven },
      },
    },
    whole: {
      Query: { rows: rowsRoot, echo, mirror: echo },
      Row: {
        doubled,
        depth: (row) => (row['matrix'] as unknown[]).flat(3).length,
        key: ({ number, flag, when }) => JSON.stringify([number, flag, when]),
      },
    },
  });
}
