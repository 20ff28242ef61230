import { World, type Row } from '../../world';
import { asGiven, loadedBy } from '../rows';

const trips: Row[] = [
  { id: 't1', km: 10, tons: 2, to: 'Ulm', kind: { __typename: 'Truck', axles: 3 } },
  { id: 't2', km: 30, tons: 1, to: 'Bern', kind: { __typename: 'Train', cars: 9 } },
];
const cost = (row: Row) => Number(row['km']) * 2;
const load = (row: Row) => Number(row['tons']) * 1000;
const notes = (row: Row) => [{ text: `to ${String(row['id'])}`, trip: row }];

/** Fields that require, fields that do not, lists and unions: under conditions of every kind. */
export function world(): World {
  return new World({
    subgraphs: {
      trips: {
        sdl: `
          type Query { trips: [Trip!]! }
          type Trip @key(fields: "id") { id: ID! km: Int tons: Int to: String kind: Kind }
          union Kind = Truck | Train
          type Truck { axles: Int }
          type Train { cars: Int }`,
        resolvers: { Query: { trips: () => trips } },
        loaders: { Trip: loadedBy(trips, 'id') },
      },
      costs: {
        sdl: `
          type Trip @key(fields: "id") {
            id: ID! km: Int @external tons: Int @external
            cost: Int @requires(fields: "km") load: Int @requires(fields: "tons") notes: [Note!]!
          }
          type Note { text: String trip: Trip }`,
        resolvers: { Trip: { cost, load, notes } },
        loaders: { Trip: asGiven },
      },
    },
    whole: { Query: { trips: () => trips }, Trip: { cost, load, notes } },
  });
}
