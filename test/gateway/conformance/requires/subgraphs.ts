import { World, type Row } from '../../world';
import { asGiven, find, loadedBy } from '../rows';

const parcels: Row[] = [
  {
    id: 'x1',
    weight: 2,
    size: { w: 3, h: 4, unit: { name: 'cm' } },
    stops: [
      { city: 'Ulm', km: 10 },
      { city: 'Bern', km: 30 },
    ],
    labels: ['a', 'b'],
    grid: [[1, 2], [3]],
  },
  { id: 'x2', weight: 5, size: { w: 1, h: 1, unit: { name: 'in' } }, stops: [], labels: [], grid: [] },
  { id: 'x3', weight: null, size: null, stops: null, labels: null, grid: null },
];
const number = (value: unknown) => (typeof value === 'number' ? value : -1);
const size = (row: Row) => row['size'] as { w: number; h: number; unit: { name: string } } | null;
const cost = (row: Row) => number(row['weight']) * 100;
const area = (row: Row) =>
  size(row) === null ? null : `${String(Number(size(row)?.w) * Number(size(row)?.h))}${size(row)?.unit.name}`;
const route = (row: Row) =>
  (row['stops'] as { city: string; km: number }[] | null)
    ?.map(({ city, km }) => `${city} ${String(km)}`)
    .join(', ') ?? 'none';
const printed = (row: Row) => JSON.stringify([row['labels'], row['grid']]);
const taxed = (row: Row) => number(row['cost']) + 1;
const shown = (row: Row) => `${String(row['taxed'])} for ${String(row['weight'])}`;
const nextTo = (row: Row) => ({ x1: 'x2', x2: 'x3' })[String(row['id'])];

/** Fields that are computed from what other subgraphs have: values, objects, lists of both, and computed fields again. */
export function world(): World {
  const parcelsRoot = () => parcels;
  const parcel = (_: Row, { id }: Row) => find(parcels, 'id', id);
  return new World({
    subgraphs: {
      parcels: {
        sdl: `
          type Query { parcels: [Parcel!]!  parcel(id: ID!): Parcel }
          type Parcel @key(fields: "id") {
            id: ID! weight: Int size: Size stops: [Stop!] labels: [String!] grid: [[Int]]
          }
          type Size { w: Int h: Int unit: Unit }
          type Unit { name: String }
          type Stop { city: String km: Int }`,
        resolvers: { Query: { parcels: parcelsRoot, parcel } },
        loaders: { Parcel: loadedBy(parcels, 'id') },
      },
      prices: {
        sdl: `
          type Parcel @key(fields: "id") {
            id: ID! weight: Int @external size: Size @external stops: [Stop!] @external labels: [String!] @external
            grid: [[Int]] @external
            cost: Int @requires(fields: "weight")
            area: String @requires(fields: "size { w h unit { name } }")
            route: String @requires(fields: "stops { city km }")
            printed: String @requires(fields: "labels grid")
          }
          type Size { w: Int @external h: Int @external unit: Unit @external }
          type Unit { name: String @external }
          type Stop { city: String @external km: Int @external }`,
        resolvers: { Parcel: { cost, area, route, printed } },
        loaders: { Parcel: asGiven },
      },
      taxes: {
        sdl: `
          type Parcel @key(fields: "id") {
            id: ID! cost: Int @external
            taxed: Int @requires(fields: "cost")
          }`,
        resolvers: { Parcel: { taxed } },
        loaders: { Parcel: asGiven },
      },
      texts: {
        sdl: `
          type Parcel @key(fields: "id") {
            id: ID! taxed: Int @external weight: Int @external
            shown: String @requires(fields: "taxed weight")
            next: Parcel
          }`,
        resolvers: {
          Parcel: { shown, next: (row) => (nextTo(row) === undefined ? null : { id: nextTo(row) }) },
        },
        loaders: { Parcel: asGiven },
      },
    },
    whole: {
      Query: { parcels: parcelsRoot, parcel },
      Parcel: {
        cost,
        area,
        route,
        printed,
        taxed: (row) => taxed({ cost: cost(row) }),
        shown: (row) => shown({ ...row, taxed: taxed({ cost: cost(row) }) }),
        next: (row) => find(parcels, 'id', nextTo(row)),
      },
    },
  });
}
