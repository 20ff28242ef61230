import { World, type Row } from '../../world';

let carts: Row[] = [];
let log: string[] = [];

/** Puts the data back. */
export function reset(): void {
  carts = [{ id: 'c1', total: 10, items: ['cup'] }];
  log = [];
}
reset();

const noted = <Result>(text: string, result: Result): Result => {
  log.push(text);
  return result;
};
const cart = (id: unknown): Row | null => carts.find((each) => each['id'] === id) ?? null;
const add = (_: Row, { id, price }: Row) => {
  const found = cart(id);
  if (found === null) throw new Error(`There is no cart ${String(id)}.`);
  found['total'] = Number(found['total']) + Number(price);
  return noted(`add ${String(price)}`, found);
};
const pack = (_: Row, { input }: Row) => {
  const { id, items } = input as { id: string; items: string[] };
  const found = cart(id);
  if (found !== null) found['items'] = [...(found['items'] as string[]), ...items];
  return noted(`pack ${items.join('+')}`, found);
};
const count = (row: Row) => (cart(row['id'])?.['items'] as string[]).length;
const sum = () => carts.reduce((all, { total }) => all + Number(total), 0);
const history = () => [...log];

/** Two subgraphs with mutations, which change the same carts; each has other fields of them. */
export function world(): World {
  return new World({
    subgraphs: {
      prices: {
        sdl: `
          type Query { sum: Int!  history: [String!]! }
          type Mutation { add(id: ID!, price: Int!): Cart!  tryAdd(id: ID!, price: Int!): Cart }
          type Cart @key(fields: "id") { id: ID! total: Int }`,
        resolvers: { Query: { sum, history }, Mutation: { add, tryAdd: add } },
        loaders: { Cart: ({ id }) => cart(id) },
      },
      packing: {
        sdl: `
          type Mutation { pack(input: Packing!): Cart }
          input Packing { id: ID! items: [String!]! = ["bag"] }
          type Cart @key(fields: "id") { id: ID! items: [String!] count: Int }`,
        resolvers: { Mutation: { pack }, Cart: { count } },
        loaders: { Cart: ({ id }) => cart(id) },
      },
    },
    whole: {
      Query: { sum, history },
      Mutation: { add, tryAdd: add, pack },
      Cart: { count },
    },
  });
}
