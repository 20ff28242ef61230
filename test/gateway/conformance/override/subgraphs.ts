import { World, type Row } from '../../world';
import { asGiven, find, loadedBy } from '../rows';

const bills: Row[] = [
  { __typename: 'Bill', id: 'k1', amount: 100, payer: { name: 'Ann' }, note: 'old note' },
  { __typename: 'Bill', id: 'k2', amount: 250, payer: { name: 'Bob' }, note: 'old note' },
];
const bill = (_: Row, { id }: Row) => find(bills, 'id', id);
const fresh = (row: Row) => ({ ...row, amount: Number(row['amount']) + 1, note: 'new note' });

/** Fields that moved from the subgraph that still has them; one is required, one requires, one is of an interface. */
export function world(): World {
  const amount = (row: Row) => Number(row['amount']) + 1;
  return new World({
    subgraphs: {
      old: {
        sdl: `
          type Query { bills: [Bill!]!  bill(id: ID!): Bill  documents: [Document!]!  version: String }
          interface Document { id: ID! note: String }
          type Bill implements Document @key(fields: "id") { id: ID! amount: Int payer: Payer note: String due: String }
          type Payer { name: String @shareable }`,
        resolvers: {
          Query: { bills: () => bills, bill, documents: () => bills, version: () => 'old' },
          Bill: { due: () => 'old due' },
        },
        loaders: { Bill: loadedBy(bills, 'id') },
      },
      new: {
        sdl: `
          type Query { recent: Bill  version: String @override(from: "old") }
          type Bill @key(fields: "id") {
            id: ID! amount: Int @override(from: "old") payer: Payer @override(from: "old") note: String @override(from: "old")
            status: String @override(from: "gone")
          }
          type Payer { name: String @shareable }`,
        resolvers: {
          Query: { recent: () => bills[1], version: () => 'new' },
          Bill: { amount, payer: () => ({ name: 'moved' }), note: () => 'new note', status: () => 'open' },
        },
        loaders: { Bill: loadedBy(bills, 'id') },
      },
      tax: {
        sdl: `
          type Bill @key(fields: "id") {
            id: ID! amount: Int @external
            tax: Int @requires(fields: "amount") due: String @override(from: "old") @requires(fields: "amount")
          }`,
        resolvers: {
          Bill: { tax: (row) => Number(row['amount']) * 2, due: (row) => `due ${String(row['amount'])}` },
        },
        loaders: { Bill: asGiven },
      },
    },
    whole: {
      Query: {
        bills: () => bills,
        bill,
        documents: () => bills,
        version: () => 'new',
        recent: () => bills[1],
      },
      Bill: {
        amount,
        payer: () => ({ name: 'moved' }),
        note: () => 'new note',
        status: () => 'open',
        tax: (row) => Number(fresh(row).amount) * 2,
        due: (row) => `due ${String(fresh(row).amount)}`,
      },
    },
  });
}
