import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const parts: Row[] = [
  { id: 'a1', pid: 'x1', code: { one: '1', two: '2', three: '3' }, name: 'bolt', group: { id: 'g1' } },
  { id: 'a2', pid: 'x2', code: { one: '4', two: '5', three: '6' }, name: 'nut', group: { id: 'g2' } },
];
const groups: Row[] = [
  { id: 'g1', title: 'steel' },
  { id: 'g2', title: 'brass' },
];
const mine = ({ id, pid, code, group }: Row): Row => ({ id, pid, code, group });
const nameInBoxes = (row: Row) => `boxed ${String(row['name'])}`;

/** Four keys, of which each subgraph resolves another one. */
export function world(): World {
  const boxes = () => [{ id: 'b1', parts: parts.map(mine) }];
  const part = (_: Row, { id }: Row) => find(parts, 'id', id);
  return new World({
    subgraphs: {
      parts: {
        sdl: `
          type Query { part(id: ID!): Part }
          type Part @key(fields: "id") @key(fields: "pid", resolvable: false) @key(fields: "code { one two }", resolvable: false)
            @key(fields: "id code { two three }", resolvable: false) { id: ID! pid: ID! code: Code! name: String! }
          type Code @shareable { one: ID! two: ID! three: ID! }`,
        resolvers: { Query: { part } },
        loaders: { Part: loadedBy(parts, 'id') },
      },
      boxes: {
        sdl: `
          type Query { boxes: [Box!]! }
          type Box @key(fields: "id") { id: ID! parts: [Part!]! }
          type Part @key(fields: "code { one two }", resolvable: false) @key(fields: "id code { two three }") @key(fields: "pid", resolvable: false)
            @key(fields: "id", resolvable: false) { id: ID! pid: ID! code: Code! name: String! @external nameInBoxes: String! @requires(fields: "name") }
          type Code @shareable { one: ID! two: ID! three: ID! }`,
        resolvers: { Query: { boxes }, Part: { nameInBoxes } },
        loaders: {
          Box: ({ id }) => boxes().find((box) => box.id === id) ?? null,
          Part: (reference) => ({
            ...mine(find(parts, 'id', reference['id']) ?? {}),
            name: reference['name'],
          }),
        },
      },
      sorts: {
        sdl: `
          type Part @key(fields: "code { one two }") { code: Code! group: Group }
          type Code @shareable { one: ID! two: ID! three: ID! }
          type Group @key(fields: "id", resolvable: false) { id: ID! }`,
        resolvers: {},
        loaders: {
          Part: ({ code }) => {
            const { one, two } = code as { one: string; two: string };
            return (
              parts.find(
                (row) => one === (row['code'] as Row)['one'] && two === (row['code'] as Row)['two'],
              ) ?? null
            );
          },
        },
      },
      groups: {
        sdl: `type Query { groups: [Group!]! } type Group @key(fields: "id") { id: ID! title: String }`,
        resolvers: { Query: { groups: () => groups } },
        loaders: { Group: loadedBy(groups, 'id') },
      },
    },
    whole: {
      Query: { part, boxes, groups: () => groups },
      Box: { parts: () => parts },
      Part: { nameInBoxes, group: ({ group }) => find(groups, 'id', (group as Row)['id']) },
    },
  });
}
