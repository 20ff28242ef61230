import { World, type Row } from '../../world';
import { loadedBy } from '../rows';

const rows: Row[] = [
  { id: 'r1', name: 'one', size: 2 },
  { id: 'r2', name: 'two', size: 3 },
];
const load = loadedBy(rows, 'id');
const spec = 'https://specs.apollo.dev/federation/v2.9';
/** A directive for queries, which callers have if all subgraphs know it. */
const lang = 'directive @lang(code: Code! = EN) on FIELD enum Code { EN DE }';

/** Subgraphs that import directives under other names or none, name their root types otherwise, or add directives. */
export function world(): World {
  const area = (row: Row) => Number(row['size']) ** 2;
  const rename = (_: Row, { id, to }: Row) => ({ id, name: to, size: 9 });
  return new World({
    subgraphs: {
      renamed: {
        sdl: `${lang}
          schema { query: Root mutation: Changes }
          type Root { rows: [Row!]! }
          type Changes { rename(id: ID!, to: String!): Row }
          type Row @key(fields: "id") { id: ID! name: String @shareable size: Int }`,
        published: `${lang}
          extend schema @link(url: "${spec}", import: [{ name: "@key", as: "@by" }, { name: "@shareable", as: "@common" }])
          schema { query: Root mutation: Changes }
          type Root { rows: [Row!]! }
          type Changes { rename(id: ID!, to: String!): Row }
          type Row @by(fields: "id") { id: ID! name: String @common size: Int }`,
        resolvers: { Root: { rows: () => rows }, Changes: { rename } },
        loaders: { Row: load },
      },
      prefixed: {
        sdl: `${lang}
          type Query { first: Row }
          type Row @key(fields: "id") { id: ID! name: String size: Int area: Int }`,
        published: `${lang}
          extend schema @link(url: "${spec}")
          type Query { first: Row }
          type Row @federation__key(fields: "id") {
            id: ID! name: String @federation__shareable size: Int @federation__external area: Int @federation__requires(fields: "size")
          }`,
        resolvers: { Query: { first: () => rows[0] }, Row: { area } },
        loaders: { Row: (reference) => ({ ...load(reference), size: reference['size'] }) },
      },
      marked: {
        sdl: `${lang}
          directive @access(scope: Scope! = PUBLIC) on FIELD | FIELD_DEFINITION
          enum Scope { PUBLIC PRIVATE }
          type Row @key(fields: "id") { id: ID! marked: String }`,
        published: `${lang}
          extend schema @link(url: "${spec}", import: ["@key", "@tag", "@composeDirective"])
            @link(url: "https://example.org/access/v1.0", import: ["@access"]) @composeDirective(name: "@access")
          directive @access(scope: Scope! = PUBLIC) on FIELD | FIELD_DEFINITION
          enum Scope { PUBLIC PRIVATE }
          type Row @key(fields: "id") { id: ID! marked: String @tag(name: "x") @access(scope: PRIVATE) }`,
        resolvers: { Row: { marked: () => 'yes' } },
        loaders: { Row: load },
      },
    },
    whole: {
      Query: { rows: () => rows, first: () => rows[0] },
      Mutation: { rename },
      Row: { area, marked: () => 'yes' },
    },
  });
}
