import { GraphQLError, parse } from 'graphql';
import { blog, library, media, store } from './worlds';
import { World, type Row } from './world';

describe('representations', () => {
  test('an entity that occurs often is asked for once, in one request', async () => {
    const world = blog();
    await world.ask('{ posts { author { name } } matrix { karma } }');
    expect(world.representations('users')).toEqual([
      [],
      [
        { __typename: 'User', id: '1' },
        { __typename: 'User', id: '2' },
      ],
    ]);
    expect(world.representations('scores')).toEqual([
      [
        { __typename: 'User', handle: 'ann' },
        { __typename: 'User', handle: 'bob' },
      ],
    ]);
  });

  test('the number of requests does not grow with the number of entities', async () => {
    const world = blog();
    await world.ask('{ users(ids: ["1"]) { name karma posts { title score } } }');
    const few = world.sent.splice(0).length;
    await world.ask('{ users(ids: ["1", "2", "3", "1", "2", "3"]) { name karma posts { title score } } }');
    expect(world.sent).toHaveLength(few);
  });

  test('places with the same entity do not share what only one of them selects', async () => {
    const world = blog();
    const answer = await world.ask(
      '{ a: post(id: "p1") { author { posts { x: title } } } b: post(id: "p3") { author { posts { x: score } } } }',
    );
    expect(answer).toEqual({
      data: {
        a: { author: { posts: [{ x: 'One' }, { x: 'Three' }] } },
        b: { author: { posts: [{ x: 10 }, { x: null }] } },
      },
    });
  });

  test('a required field carries the key it has in the schema, whatever the caller calls it', async () => {
    const world = blog();
    await world.ask('{ user { size: name width: handle weight } }');
    expect(world.representations('posts')).toEqual([[{ __typename: 'User', id: '1', size: 3, width: 2 }]]);
  });

  test('a required field that is null is sent as null', async () => {
    const world = blog();
    await world.ask('{ user(id: "3") { weight } }');
    expect(world.representations('posts')).toEqual([[{ __typename: 'User', id: '3', size: null, width: 4 }]]);
  });

  test('a compound key is sent as it is nested', async () => {
    const world = blog();
    await world.ask('{ post(id: "p2") { score } }');
    expect(world.representations('scores')).toEqual([
      [{ __typename: 'Post', blog: { slug: 'x' }, number: 2 }],
    ]);
  });

  test('an @interfaceObject is asked for by the name of the interface', async () => {
    const world = media();
    await world.ask('{ files { likes } }');
    expect(world.representations('fans')).toEqual([
      [
        { __typename: 'Media', id: 'm1' },
        { __typename: 'Media', id: 'm2' },
      ],
    ]);
  });

  test('nothing is asked for where there is nothing', async () => {
    const world = blog();
    expect(await world.ask('{ user(id: "9") { karma posts { score } } }')).toEqual({ data: { user: null } });
    expect(world.sent).toHaveLength(1);
  });
});

describe('who is asked', () => {
  test.each([
    ['@provides spares the other subgraph', '{ reviews { product { name } } }', ['reviews']],
    ['what is not provided is fetched', '{ reviews { product { price } } }', ['reviews', 'catalogue']],
    ['@override moves a field', '{ product(upc: "u1") { shade } }', ['catalogue', 'reviews']],
    ['introspection asks nobody', '{ __schema { queryType { name } } t: __typename }', []],
    [
      'a skipped branch asks nobody',
      '{ product(upc: "u1") { name average @skip(if: true) } }',
      ['catalogue'],
    ],
  ])('%s', async (_, query, services) => {
    const world = store();
    await world.ask(query);
    expect(world.sent.map(({ service }) => service)).toEqual(services);
  });

  test('a plan is made once per operation, however it is laid out', async () => {
    const world = blog();
    await Promise.all([
      world.ask('{ user { name } }'),
      world.ask('{user{name}}'),
      world.ask('{ user { name } }'),
    ]);
    expect(world.graph.plannedOperations).toBe(1);
    await world.ask('query ($id: ID) { user(id: $id) { name } }', { id: '2' });
    expect(world.graph.plannedOperations).toBe(2);
  });
});

describe('errors', () => {
  const failing = (
    loader: (id: unknown) => object | null | Error,
    field = 'rating: Int',
    extra: Row = {},
  ): World =>
    new World({
      subgraphs: {
        a: {
          sdl: `type Query { one: Thing  many: [Thing!]  strict: [Thing!]! }
                type Thing @key(fields: "id") { id: ID! name: String }`,
          resolvers: {
            Query: {
              one: () => ({ id: '1', name: 'x' }),
              many: () => ['1', '2', '1', '3'].map((id) => ({ id, name: id })),
              strict: () => ['1', '2'].map((id) => ({ id, name: id })),
            },
          },
          loaders: { Thing: ({ id }) => ({ id }) },
        },
        b: {
          sdl: `type Thing @key(fields: "id") { id: ID! ${field} list: [Int!] inner: Inner } type Inner { deep: Int! }`,
          resolvers: {
            Thing: {
              list: () => [1, null, 3],
              inner: () => ({
                deep: () => {
                  throw new GraphQLError('too deep', { extensions: { code: 'DEEP' } });
                },
              }),
              ...(extra as Record<string, () => unknown>),
            },
          },
          loaders: { Thing: ({ id }) => loader(id) },
        },
      },
    });
  const coded = (message: string) =>
    new GraphQLError(message, { extensions: { code: 'FORBIDDEN', why: [1] } });

  test('an entity that cannot be loaded costs its own fields, at every place where it occurs', async () => {
    const world = failing((id) => (id === '1' ? coded('not yours') : { id, rating: 5 }));
    expect(await world.ask('{ many { name r: rating } }')).toEqual({
      data: {
        many: [
          { name: '1', r: null },
          { name: '2', r: 5 },
          { name: '1', r: null },
          { name: '3', r: 5 },
        ],
      },
      errors: [0, 2].map((index) => ({
        message: 'not yours',
        path: ['many', index],
        extensions: { code: 'FORBIDDEN', why: [1] },
      })),
    });
  });

  test("an error below an entity is found below it in the caller's document, by the caller's names", async () => {
    const world = failing((id) => ({ id }));
    expect(await world.ask('{ it: one { in: inner { d: deep } } }')).toEqual({
      data: { it: { in: null } },
      errors: [{ message: 'too deep', path: ['it', 'in', 'd'], extensions: { code: 'DEEP' } }],
    });
  });

  test('an entity that is null leaves nulls and no error', async () => {
    const world = failing(() => null);
    expect(await world.ask('{ one { name rating list } }')).toEqual({
      data: { one: { name: 'x', rating: null, list: null } },
    });
  });

  test('null in a list of non-null items takes the list, and says so once', async () => {
    const world = failing((id) => ({ id }));
    const answer = await world.ask('{ one { name list } }');
    expect(answer).toEqual({
      data: { one: { name: 'x', list: null } },
      errors: [
        { message: 'Cannot return null for non-nullable field Thing.list.', path: ['one', 'list', 1] },
      ],
    });
  });

  test('a non-null field that a missing entity lacks takes what is around it, up to what may be null', async () => {
    const world = failing((id) => (id === '2' ? null : { id, rating: 5 }), 'rating: Int!');
    expect(await world.ask('{ one { rating } many { rating } }')).toEqual({
      data: { one: { rating: 5 }, many: null },
      errors: [
        { message: 'Cannot return null for non-nullable field Thing.rating.', path: ['many', 1, 'rating'] },
      ],
    });
    expect(await world.ask('{ one { rating } strict { rating } }')).toEqual({
      data: null,
      errors: [
        { message: 'Cannot return null for non-nullable field Thing.rating.', path: ['strict', 1, 'rating'] },
      ],
    });
  });

  test('the error that a subgraph gave for it is the only one', async () => {
    const world = failing((id) => (id === '2' ? coded('no') : { id, rating: 5 }), 'rating: Int!');
    expect(await world.ask('{ many { rating } }')).toEqual({
      data: { many: null },
      errors: [{ message: 'no', path: ['many', 1], extensions: { code: 'FORBIDDEN', why: [1] } }],
    });
  });

  test('a subgraph that is down costs its own fields, and is named', async () => {
    const world = failing((id) => ({ id }));
    world.instead['b'] = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1'));
    expect(await world.ask('{ one { name rating } many { name rating } }')).toEqual({
      data: {
        one: { name: 'x', rating: null },
        many: ['1', '2', '1', '3'].map((name) => ({ name, rating: null })),
      },
      errors: expect.arrayContaining(
        [['one'], ['many']].map((path) => ({
          message: 'The subgraph "b" did not answer.',
          path,
          extensions: { code: 'UNAVAILABLE', subgraph: 'b' },
        })),
      ) as unknown,
    });
  });

  test('so does one at the root, and one that answers nothing', async () => {
    const world = failing((id) => ({ id }));
    world.instead['a'] = () => ({});
    expect(await world.ask('{ one { name } }')).toEqual({
      data: { one: null },
      errors: [
        {
          message: 'The subgraph "a" did not answer.',
          path: ['one'],
          extensions: { code: 'UNAVAILABLE', subgraph: 'a' },
        },
      ],
    });
  });

  test('an error as plain JSON, as HTTP brings it, is an error of the graph', async () => {
    const world = failing((id) => ({ id }));
    world.instead['b'] = () => ({
      data: { _entities: [null] },
      errors: [{ message: 'far away', path: ['_entities', 0, 'rating'], extensions: { code: 'X' } }],
    });
    const result = await world.ask('{ one { rating } }');
    expect(result).toEqual({
      data: { one: { rating: null } },
      errors: [{ message: 'far away', path: ['one', 'rating'], extensions: { code: 'X' } }],
    });
  });

  test('what a resolver threw is there for the server to translate', async () => {
    const thrown = new TypeError('inside');
    const world = failing((id) => ({ id }), 'rating: Int', { rating: () => Promise.reject(thrown) });
    const result = await world.graph.execute({ document: parse('{ one { rating } }') });
    expect(result.errors?.map(({ originalError }) => originalError)).toEqual([thrown]);
  });

  test('an enum value that callers may not know of is null, and is not in the message', async () => {
    const answer = await store('INFRARED').ask('{ products { upc colour } }');
    expect(answer).toEqual({
      data: {
        products: [
          { upc: 'u1', colour: 'RED' },
          { upc: 'u2', colour: null },
        ],
      },
      errors: [{ message: 'Enum "Colour" cannot represent this value.', path: ['products', 1, 'colour'] }],
    });
  });

  test('variables are checked before anything is asked', async () => {
    const world = blog();
    const answer = await world.ask('query ($f: Int!) { user { weight(factor: $f) } }', { f: 'many' });
    expect(answer).toEqual({
      errors: [
        {
          message: 'Variable "$f" got invalid value "many"; Int cannot represent non-integer value: "many"',
          path: undefined,
          extensions: undefined,
        },
      ],
    });
    expect(world.sent).toEqual([]);
  });

  test('a query without a plan is an error of the graph, and is not remembered', async () => {
    const world = blog();
    const refused = world.ask('{ user { latest { author { weight } } } }');
    await expect(refused).rejects.toMatchObject({
      message: 'The gateway has no plan for this operation.',
      extensions: { code: 'UNAVAILABLE' },
    });
    expect(world.graph.plannedOperations).toBe(0);
  });

  test('an operation that is not there', async () => {
    const answer = await library().ask('query A { items { id } } query B { things { __typename } }');
    expect(answer).toMatchObject({
      errors: [{ message: 'Must provide operation name if query contains multiple operations.' }],
    });
  });
});

describe('mutations', () => {
  const bank = (log: string[], refuse = false): World =>
    new World({
      subgraphs: {
        a: {
          sdl: `type Query { x: Int } type Mutation { addA(by: Int!): Account!  setA(to: Int!): Account }
                type Account @key(fields: "id") { id: ID! a: Int }`,
          resolvers: {
            Mutation: {
              addA: (_, { by }) => {
                log.push(`addA ${String(by)}`);
                if (refuse) throw new Error('refused');
                return { id: '1', a: by };
              },
              setA: (_, { to }) => (log.push(`setA ${String(to)}`), { id: '1', a: to }),
            },
          },
          loaders: { Account: ({ id }) => (log.push('load a'), { id, a: 0 }) },
        },
        b: {
          sdl: `type Mutation { addB(by: Int!): Account } type Account @key(fields: "id") { id: ID! b: Int }`,
          resolvers: {
            Mutation: { addB: (_, { by }) => (log.push(`addB ${String(by)}`), { id: '1', b: by }) },
          },
          loaders: { Account: ({ id }) => (log.push('load b'), { id, b: log.length }) },
        },
      },
    });

  test('each root field is complete, with what is below it, before the next one starts', async () => {
    const log: string[] = [];
    const answer = await bank(log).ask(
      'mutation ($n: Int!) { p: addA(by: $n) { a b } ...M q: addA(by: 3) { b } } fragment M on Mutation { addB(by: 2) { a b } }',
      { n: 1 },
    );
    expect(log).toEqual(['addA 1', 'load b', 'addB 2', 'load a', 'addA 3', 'load b']);
    expect(answer).toEqual({ data: { p: { a: 1, b: 2 }, addB: { a: 0, b: 2 }, q: { b: 6 } } });
  });

  test('one subgraph is asked once for all of its fields', async () => {
    const log: string[] = [];
    const world = bank(log);
    await world.ask('mutation { addA(by: 1) { a } setA(to: 5) { a } }');
    expect([log, world.sent.length]).toEqual([['addA 1', 'setA 5'], 1]);
  });

  test('a non-null field that fails ends the operation', async () => {
    const log: string[] = [];
    const answer = await bank(log, true).ask('mutation { addA(by: 1) { b } addB(by: 2) { b } }');
    expect(log).toEqual(['addA 1']);
    expect(answer).toEqual({ data: null, errors: [{ message: 'refused', path: ['addA'] }] });
  });

  test('a condition at the root holds for its field', async () => {
    const log: string[] = [];
    const query = 'mutation ($s: Boolean!) { ... @skip(if: $s) { addB(by: 2) { a } } setA(to: 1) { b } }';
    expect(await bank(log).ask(query, { s: true })).toEqual({ data: { setA: { b: 2 } } });
    expect(log).toEqual(['setA 1', 'load b']);
  });
});

describe('abort', () => {
  test('ends the request at once, and nothing more is asked', async () => {
    const world = blog();
    const controller = new AbortController();
    world.instead['posts'] = () => {
      setImmediate(() => controller.abort(new Error('gone')));
      return new Promise(() => undefined);
    };
    const answer = world.ask('{ user { name posts { score } } }', {}, { signal: controller.signal });
    await expect(answer).rejects.toMatchObject({
      message: 'The request was aborted.',
      extensions: { code: 'UNAVAILABLE' },
    });
    expect(world.sent.map(({ service }) => service)).toEqual(['users', 'posts']);
  });

  test('a request that is aborted already asks nobody', async () => {
    const world = blog();
    const reason = new GraphQLError('too late', { extensions: { code: 'RATE_LIMITED' } });
    await expect(world.ask('{ user { name } }', {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(world.sent).toEqual([]);
  });
});

test("a JSON scalar stays the subgraph's own: it is neither walked nor written to", async () => {
  const own = Object.freeze({ a: Object.freeze({ b: 1 }) });
  const world = new World({
    subgraphs: {
      a: {
        sdl: 'scalar JSON type Query { t: T } type T @key(fields: "id") { id: ID! json: JSON @shareable }',
        resolvers: { Query: { t: () => ({ id: '1', json: own }) } },
        loaders: { T: (reference) => reference },
      },
      b: {
        sdl: 'scalar JSON type T @key(fields: "id") { id: ID! json: JSON @shareable more: JSON }',
        resolvers: { T: { more: () => new Date(0) } },
        loaders: { T: (reference) => reference },
      },
    },
  });
  expect(await world.ask('{ t { json more } }')).toEqual({
    data: { t: { json: { a: { b: 1 } }, more: '1970-01-01T00:00:00.000Z' } },
  });
});

test('an alias may be called __proto__', async () => {
  const world = blog();
  const { data } = await world.graph.execute({ document: parse('{ __proto__: user { __proto__: name } }') });
  expect(JSON.stringify(data)).toBe('{"__proto__":{"__proto__":"Ann"}}');
});
