import { getIntrospectionQuery } from 'graphql';

import type { Client, GraphAnswer } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';

/** Chapter 5, "What the graph offers"; chapter 7, "Hardening": what a query may cost, and what its errors say. */

const nested = (depth: number): string =>
  `{ algorithm(ref: "acme/detect") ${'{ latest { algorithm '.repeat(depth / 2)}{ ref }${' } }'.repeat(depth / 2)} }`;
const aliased = (count: number): string =>
  `{ ${Array.from({ length: count }, (_, at) => `a${at}: viewer { user { handle } }`).join(' ')} }`;
/** Each fragment spreads the next one ten times: 10^n fields in a document of n lines. */
const bomb = (n: number): string =>
  Array.from({ length: n }, (_, at) => {
    const inner = at === n - 1 ? 'handle' : Array.from({ length: 10 }, () => `...f${at + 1}`).join(' ');
    return `fragment f${at} on Owner { ${inner} }`;
  }).join('\n') + ' { owner(handle: "acme") { ...f0 } }';
const around = (levels: number, open: string, inner: string, close: string): string =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;
const chained = (count: number): string =>
  `{ ...f0 } fragment f${count} on Query { viewer { user { handle } } } ${Array.from(
    { length: count },
    (_, at) => `fragment f${at} on Query { ...f${at + 1} }`,
  ).join(' ')}`;
/** An interface of `count` inputs, each of which is the default of the one before. */
const defaults = (count: number): string => {
  const inputs = Array.from({ length: count }, (_, at) => `input I${at} { a: I${at + 1} = {} }`);
  return `type Query { f(a: I0 = {}): Int } ${inputs.join(' ')} input I${count} { b: Int = 1 }`;
};
const WIDE = `{ algorithms(first: 100) { nodes { versions(first: 100) { nodes { algorithm { versions(first: 100) { nodes { ref } } } } } } } }`;

describeOnEachServer('the limits of the graph', (world) => {
  let ann: Client;

  beforeAll(async () => {
    ann = await world().user('ann');
    await world().organization('acme', { admin: 'ann' });
    await world().algorithm('acme/detect');
    await world().publish('acme/detect', '1.0.0');
  });

  afterEach(async () => {
    expect((await ann.graphql('{ viewer { user { handle } } }')).data).toEqual({
      viewer: { user: { handle: 'ann' } },
    });
  });

  test.each([
    ['a depth of 1,000', nested(1000)],
    ['a depth over 15', nested(16)],
    ['10,000 aliases', aliased(10_000)],
    ['51 aliases', aliased(51)],
    ['a bomb of fragments', bomb(30)],
    ['a million of one list', '{ algorithms(first: 1000000) { nodes { ref } } }'],
    ['101 of one list', '{ algorithms(first: 101) { nodes { ref } } }'],
    ['a million by multiplication', WIDE],
    ['10,000 directives', `{ viewer { user { handle ${'@include(if: true) '.repeat(1000)} } } }`],
    ['100,000 tokens', `{ ${'viewer { user { handle } } '.repeat(20_000)} }`],
    ['a depth of 20,000', nested(20_000)],
    [
      '1,500 fragments within one another',
      `{ ${around(1500, '... { ', 'viewer { user { handle } }', '} ')} }`,
    ],
    ['a chain of 500 fragments', chained(500)],
  ])('%s is too complex', async (_what, query) => {
    const answer = await ann.graphql(query);
    expect(refusedWith(answer)).toEqual([400, 'QUERY_TOO_COMPLEX']);
  });

  const owner = (value: string): string => `{ owner(handle: ${value}) { handle } }`;
  test.each([
    ['lists', owner(around(2400, '[', '1', ']'))],
    ['lists that are not closed', `{ owner(handle: ${'['.repeat(4900)}`],
    ['objects', owner(around(1600, '{ a: ', '1', '}'))],
    ['and more lists', owner(around(100_000, '[', '1', ']'))],
  ])('%s within one another, by the thousand, are too many, in words of ours', async (_what, query) => {
    const { status, json } = await ann.graphql(query);
    const message = expect.stringMatching(
      /^The query (is nested too deeply|has too many tokens)\.$/,
    ) as unknown;
    const errors = [{ message, extensions: { code: 'QUERY_TOO_COMPLEX' } }];
    expect({ status, json }).toEqual({ status: 400, json: { errors } });
  });

  test.each([
    ['a value', 'query ($it: String!) { owner(handle: $it) { handle } }'],
    ['an input', 'mutation ($it: RegisterBuildInput!) { registerBuild(input: $it) { userErrors { code } } }'],
  ])(
    'a variable of 100,000 lists within one another, for %s, is the fault of the caller',
    async (_what, query) => {
      const lists = around(100_000, '[', '1', ']');
      const answer = await ann.post(`{"query":${JSON.stringify(query)},"variables":{"it":${lists}}}`);
      expect([answer.status, answer.errors.map(({ code }) => code)]).toEqual([400, ['BAD_USER_INPUT']]);
      expect(answer.text).not.toMatch(/stack|node_modules|RangeError/);
    },
  );

  test.each([
    ['a type', `type Query { f: ${around(9000, '[', 'Int', ']')} }`],
    ['a default', `type Query { f(a: [Int] = ${around(9000, '[', '1', ']')}): Int }`],
    [
      'an object for a default',
      `type Query { f(a: In = ${around(9000, '{a:', '{}', '}')}): Int } input In { a: In }`,
    ],
    ['what is not closed', `type Query ${'{'.repeat(19_000)}`],
    ['a default of defaults', defaults(1900)],
    ['a default that holds itself', 'type Query { f(a: In): Int } input In { a: In = {} }'],
  ])('an interface that is nested without end, in %s, is refused', async (_what, sdl) => {
    const input = { algorithm: 'acme/detect', sha: 'd'.repeat(40), status: 'FAILED', interface: sdl };
    const { json } = await ann.mutation('registerBuild', input, 'build { sha }');
    const message = 'the interface is not valid SDL: nested too deeply';
    const userErrors = [{ code: 'INVALID_INPUT', message, field: ['interface'] }];
    expect(json).toEqual({ data: { registerBuild: { build: null, userErrors } } });
  });

  test('an interface of 500 inputs that go on from one to the next is taken', async () => {
    const sdl = defaults(500);
    const input = { algorithm: 'acme/detect', sha: 'e'.repeat(40), status: 'FAILED', interface: sdl };
    const { json } = await ann.mutation('registerBuild', input, 'build { sha }');
    expect(json).toEqual({ data: { registerBuild: { build: { sha: 'e'.repeat(40) }, userErrors: [] } } });
  });

  test('the length of a list, by a variable', async () => {
    const query = 'query ($n: Int!) { algorithms(first: $n) { nodes { ref } } }';
    expect(refusedWith(await ann.graphql(query, { n: 1_000_000 }))).toEqual([400, 'QUERY_TOO_COMPLEX']);
    // a document that was answered before is known, and its variables are not
    expect((await ann.graphql(query, { n: 100 })).at('algorithms.nodes')).toEqual([{ ref: 'acme/detect' }]);
    expect(refusedWith(await ann.graphql(query, { n: 1_000_000 }))).toEqual([400, 'QUERY_TOO_COMPLEX']);
    for (const n of [0, -1])
      expect((await ann.graphql(query, { n })).errors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });

  test('what is within the limits is answered', async () => {
    expect((await ann.graphql(nested(8))).errors).toEqual([]);
    expect((await ann.graphql(aliased(20))).errors).toEqual([]);
    expect((await ann.graphql(bomb(2))).data).toEqual({ owner: { handle: 'acme' } });
  });

  test.each([
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown argument', '{ owner(handle: "a", x: 1) { handle } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a fragment that spreads itself',
      'fragment a on Owner { ...a } { owner(handle: "a") { ...a } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a subscription', 'subscription { owner }', 'BAD_REQUEST'],
    ['a document that does not parse', '{ owner(', 'GRAPHQL_PARSE_FAILED'],
  ])('%s is refused', async (_what, query, code) => {
    expect(refusedWith(await ann.graphql(query))).toEqual([400, code]);
  });

  const build =
    'mutation ($input: RegisterBuildInput!) { registerBuild(input: $input) { userErrors { code } } }';
  const key = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { userErrors { code } } }';
  const literal = `mutation { registerBuild(input: { algorithm: "acme/detect", sha: "abc", status: FAILED }) { userErrors { code } } }`;
  test.each([
    ['a SHA that is none', build, { input: { algorithm: 'acme/detect', sha: 'abc', status: 'FAILED' } }],
    ['a SHA in the document that is none', literal, {}],
    ['a time that is none', key, { input: { owner: 'ann', expiresAt: 'soon' } }],
    [
      'a value that the enum lacks',
      build,
      { input: { algorithm: 'acme/detect', sha: 'a'.repeat(40), status: 'X' } },
    ],
    [
      'a field that the input lacks',
      build,
      { input: { algorithm: 'acme/detect', sha: 'a'.repeat(40), status: 'FAILED', nonsense: 1 } },
    ],
    ['a variable that is missing', build, {}],
  ])('%s is the fault of the caller', async (_what, query, variables) => {
    const { errors, text } = await ann.graphql(query, variables);
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    expect(text).not.toMatch(/node_modules|stacktrace/);
  });

  test('a document of 10 MB is not even parsed', async () => {
    const answer = await ann.post({ query: `{ viewer { user { handle } } } #${' '.repeat(10_000_000)}` });
    expect(answer).toMatchObject({ status: 413, json: { error: { code: 'TOO_LARGE' } } });
  });

  test('a batch is refused', async () => {
    const answer = await ann.post([
      { query: '{ viewer { user { handle } } }' },
      { query: '{ viewer { user { handle } } }' },
    ]);
    expect(refusedWith(answer)).toEqual([400, 'BAD_REQUEST']);
  });

  test('introspection works, and says nothing of the machinery of federation', async () => {
    const answer = await world().anonymous.graphql(getIntrospectionQuery());
    const types = (answer.at('__schema.types') as { name: string }[]).map(({ name }) => name);
    expect(types).toEqual(
      expect.arrayContaining(['Algorithm', 'Version', 'ErrorCode', 'PublishVersionInput']),
    );
    expect(types.filter((name) => /^(_Any|_Entity|_Service|join__|link__|federation__)/.test(name))).toEqual(
      [],
    );
  });

  test.each([
    [
      'a mutation by GET',
      'GET',
      'mutation { createUser(input: { handle: "x" }) { userErrors { code } } }',
      true,
      405,
    ],
    [
      'a query by GET without a header that is preflighted',
      'GET',
      '{ viewer { user { handle } } }',
      false,
      400,
    ],
    ['a query by GET', 'GET', '{ viewer { user { handle } } }', true, 200],
  ])('%s', async (_what, method, query, preflighted, status) => {
    const headers = preflighted ? { 'Apollo-Require-Preflight': 'true' } : {};
    const answer = await ann.http(`/graphql?query=${encodeURIComponent(query)}`, { method, headers });
    expect(answer.status).toBe(status);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a form of another site cannot post %s',
    async (type) => {
      const body = JSON.stringify({
        query: 'mutation { createUser(input: { handle: "csrf" }) { userErrors { code } } }',
      });
      const answer = await world().operator.post(body, { 'Content-Type': type });
      expect([400, 415]).toContain(answer.status);
      expect((await ann.graphql('{ owner(handle: "csrf") { handle } }')).errors).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
    },
  );

  test('a failed field is null, with a code of ours', async () => {
    const { json } = await ann.graphql('{ algorithm(ref: "acme/none") { ref } viewer { user { handle } } }');
    const message = 'algorithm algo://acme/none not found';
    expect(json).toEqual({
      data: { algorithm: null, viewer: { user: { handle: 'ann' } } },
      errors: [{ message, path: ['algorithm'], extensions: { code: 'NOT_FOUND' } }],
    });
  });

  test('a bad credential is 401, with the code of it', async () => {
    const answer = await world().as('agk_nonsense').graphql('{ viewer { user { handle } } }');
    expect(refusedWith(answer)).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('a fault of ours tells nothing of itself', async () => {
    const { reads, dialect } = world().server.app.database;
    const query = '{ major(ref: "acme/detect/1") { number permissions { callers grants { level } } } }';
    await ann.graphql(query); // the algorithm is in memory now, at whatever subgraph
    await reads.query('DROP TABLE grants');
    const answer = await ann.graphql(query);
    expect(answer.json).toEqual({
      data: { major: { number: 1, permissions: { callers: 'EVERYONE', grants: null } } },
      errors: [
        {
          message: 'the request failed for a reason of ours',
          path: ['major', 'permissions', 'grants'],
          extensions: { code: 'UNAVAILABLE' },
        },
      ],
    });
    expect(dialect).toMatch(/sqlite|mysql/);
  });
});

function refusedWith({ status, errors, data }: GraphAnswer): unknown[] {
  expect(data).toBeNull();
  return [status, errors[0]?.code];
}
