import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const items: Row[] = [
  {
    id: 'i1',
    name: 'Cup',
    money: { amount: 3, unit: { code: 'EUR', symbol: '€' } },
    place: { shelf: 1, aisle: 'A' },
    a: 'a1',
    b: 'b1',
    c: 'c1',
    parts: [{ id: 'q1', size: 1 }],
  },
  {
    id: 'i2',
    name: 'Jug',
    money: { amount: 5, unit: { code: 'CHF', symbol: '₣' } },
    place: null,
    a: 'a2',
    b: 'b2',
    c: 'c2',
    parts: [],
  },
];
const viewer = { session: { name: 'ann', seen: 3, left: 4 } };
const item = (_: Row, { id }: Row) => find(items, 'id', id);
const load = { Item: loadedBy(items, 'id') };

/** Root fields, fields of entities and value types that several subgraphs have; none of them has all of a value. */
export function world(): World {
  const itemsRoot = () => items;
  const roots = { item, items: itemsRoot, viewer: () => viewer };
  return new World({
    subgraphs: {
      a: {
        sdl: `
          type Query { items: [Item!]! @shareable  item(id: ID!): Item @shareable  viewer: Viewer @shareable  onlyA: String }
          type Viewer { session: Session @shareable }
          type Session { name: String @shareable seen: Int }
          type Item @key(fields: "id") { id: ID! name: String @shareable money: Money @shareable a: String parts: [Part!] @shareable }
          type Money @shareable { amount: Int unit: Unit }
          type Unit @shareable { code: String symbol: String }
          type Part { id: ID! @shareable size: Int @shareable }`,
        resolvers: { Query: { ...roots, onlyA: () => 'A' } },
        loaders: load,
      },
      b: {
        sdl: `
          type Query { items: [Item!]! @shareable  item(id: ID!): Item @shareable  viewer: Viewer @shareable }
          type Viewer { session: Session @shareable }
          type Session { name: String @shareable left: Int }
          type Item @key(fields: "id") { id: ID! name: String @shareable place: Place @shareable b: String parts: [Part!] @shareable }
          type Place @shareable { shelf: Int aisle: String }
          type Part { id: ID! @shareable size: Int @shareable }`,
        resolvers: { Query: roots },
        loaders: load,
      },
      c: {
        sdl: `
          type Item @key(fields: "id") { id: ID! money: Money @shareable place: Place @shareable c: String }
          type Money @shareable { amount: Int unit: Unit }
          type Unit @shareable { code: String symbol: String }
          type Place @shareable { shelf: Int aisle: String }`,
        loaders: load,
      },
    },
    whole: { Query: { ...roots, onlyA: () => 'A' } },
  });
}
