import { GraphQLError } from 'graphql';
import { compose, Graph, isRemote } from '../../src/gateway';
import { type Answer, json, outcome, query, type Remote, remote, runnerOf } from './remote';

/** What goes over the wire, and what is taken for an answer. */

let open: Remote | null = null;
async function served(...answers: [Answer, ...Answer[]]): Promise<Remote> {
  return (open = await remote(...answers));
}
afterEach(async () => {
  await open?.close();
  open = null;
});

test('it posts the operation, its name and its variables, with the headers that are asked of it', async () => {
  const { url, seen } = await served(json({ data: { a: 1 } }));
  const headers = ({ context }: { readonly context: unknown }) =>
    Promise.resolve({ 'x-request-id': String(context), accept: 'text/html' });
  const run = runnerOf(`${url}/graphql?tenant=1`, { headers });
  const sent = query('query Q($x: Int) { a(x: $x) }', {
    operationName: 'Q',
    variables: { x: 1 },
    context: 'id 1',
  });
  expect(await outcome(run(sent))).toEqual({ data: { a: 1 } });
  expect(seen).toEqual([
    {
      method: 'POST',
      url: '/graphql?tenant=1',
      headers: expect.objectContaining({
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'accept-encoding': 'identity',
        'x-request-id': 'id 1',
      }) as object,
      body: Buffer.from('{"query":"query Q($x: Int) { a(x: $x) }","operationName":"Q","variables":{"x":1}}'),
    },
  ]);
  await run.close();
});

test('of an answer it keeps what it asked for, and no more', async () => {
  const more = '"evil":1,"__proto__":{"evil":1}';
  const body = `{"data":{"a":{"b":[[{"c":{"leaf":[1]},${more}}],null],${more}},${more}}}`;
  const { url } = await served(json(body));
  const sent = query('{ a { ... on A { b { c } } ...F } } fragment F on A { d }');
  const { data } = await runnerOf(url)(sent);
  expect(JSON.stringify(data)).toBe('{"a":{"b":[[{"c":{"leaf":[1]}}],null]}}');
});

test('it takes the first thousand errors of an answer', async () => {
  const { url } = await served(json({ errors: Array.from({ length: 1001 }, () => ({ message: 'no' })) }));
  expect((await runnerOf(url)(query())).errors).toHaveLength(1000);
});

const RESPONSE = 'application/graphql-response+json';
const PLAIN = 'application/json';
const FOREIGN = 'HttpFailure: Its answer is no GraphQL response.';

const ANSWERS: readonly (readonly [why: string, answer: Answer, outcome: unknown])[] = [
  ['data', json({ data: { a: 1 } }, 200, PLAIN), { data: { a: 1 } }],
  [
    'a type with a parameter',
    json({ data: { a: 1 } }, 200, 'Application/JSON; charset=utf-8'),
    { data: { a: 1 } },
  ],
  ['null for data', json({ data: null, errors: [] }), { data: null, errors: [] }],
  [
    'errors, whatever the status',
    json({ errors: [{ message: 'no' }] }, 400),
    { errors: [{ message: 'no', extensions: { subgraph: 'users' } }] },
  ],
  [
    'errors of one that is not available, and says more of it',
    json({ errors: [{ message: 'no' }] }, 503),
    { errors: [{ message: 'no', extensions: { subgraph: 'users' } }] },
  ],
  ['JSON with a status of failure', json({ data: { a: 1 } }, 400, PLAIN), `${FOREIGN} Its status is 400.`],
  ['a redirect', json('', 302, PLAIN), `${FOREIGN} Its status is 302.`],
  ['a page', json('<html>', 200, 'text/html'), `${FOREIGN} Its type is "text/html".`],
  ['no type', (response) => response.writeHead(200).end('{"data":{}}'), `${FOREIGN} Its type is not given.`],
  ['what is no JSON', json('<html>'), 'HttpFailure: Its answer is no JSON.'],
  ['half of JSON', json('{"data":{'), 'HttpFailure: Its answer is no JSON.'],
  ['nothing', json(''), 'HttpFailure: Its answer is no JSON.'],
  ['a list', json([{ data: {} }]), `${FOREIGN} It is no object.`],
  ['neither data nor errors', json({ extensions: {} }), `${FOREIGN} It has neither data nor errors.`],
  [
    'data in which lists are nested without end',
    json(`{"data":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`),
    `${FOREIGN} It is nested too deeply.`,
  ],
  ['data that is a list', json({ data: [] }), `${FOREIGN} Its data is no object.`],
  ['errors that are no list', json({ errors: { message: 'no' } }), `${FOREIGN} Its errors are no list.`],
  ['an error without a message', json({ errors: [{}] }), `${FOREIGN} An error of it has no message.`],
  [
    'what is compressed unasked',
    (response) => {
      response.writeHead(200, { 'content-type': RESPONSE, 'content-encoding': 'gzip' }).end('?');
    },
    `${FOREIGN} It is encoded, which was not asked for.`,
  ],
];
test.each(ANSWERS)('answered with %s', async (_why, answer, expected) => {
  const { url } = await served(answer);
  const run = runnerOf(url);
  expect(await outcome(run(query()))).toEqual(expected);
  await run.close();
});

describe('an answer of more bytes than the bound', () => {
  const LONG = JSON.stringify({ data: { a: 'x'.repeat(2000) } });
  const chunked: Answer = (response) => {
    response.writeHead(200, { 'content-type': PLAIN });
    for (const chunk of LONG.match(/.{1,500}/g) ?? []) response.write(chunk);
    response.end();
  };
  const announced: Answer = (response) => {
    response.writeHead(200, { 'content-type': PLAIN, 'content-length': LONG.length }).write('{');
  };

  test.each([
    ['in chunks', chunked],
    ['that its head announces', announced],
  ])('%s is refused, and the next one is asked as before', async (_how, answer) => {
    const { url } = await served(answer, json({ data: { a: 1 } }));
    const run = runnerOf(url, { maxAnswerBytes: 1000 });
    expect(await outcome(run(query()))).toBe('HttpFailure: Its answer is too long.');
    expect(await outcome(run(query()))).toEqual({ data: { a: 1 } });
    await run.close();
  });
});

test('errors keep message, path and extensions, name the subgraph, and are known for remote', async () => {
  const extensions = {
    code: 'TEAPOT',
    subgraph: 'another',
    http: { status: 201, headers: { 'set-cookie': 'a=b' } },
    stacktrace: ['at /srv'],
    exception: { stacktrace: [] },
    more: { of: 'it' },
  };
  const given = { message: 'no', path: ['a', 0], locations: [{ line: 1, column: 1 }], extensions };
  const { url } = await served(json({ data: { a: null }, errors: [given, { message: 'x', path: [{}] }] }));
  const run = runnerOf(url);
  const { errors = [] } = await run(query());
  expect(errors.map((error) => JSON.parse(JSON.stringify(error)) as unknown)).toEqual([
    { message: 'no', path: ['a', 0], extensions: { code: 'TEAPOT', subgraph: 'users', more: { of: 'it' } } },
    { message: 'x', extensions: { subgraph: 'users' } },
  ]);
  expect(errors.map(isRemote)).toEqual([true, true]);
  expect(isRemote(new GraphQLError('no', { extensions: { subgraph: 'users' } }))).toBe(false);
  await run.close();
});

test('in a graph, its errors name it, and nothing says where it is', async () => {
  const ask = async (url: string): Promise<unknown> => {
    const run = runnerOf(url);
    const supergraph = compose([{ name: 'users', sdl: 'type Query { a: String b: String }', url }]);
    const graph = new Graph(supergraph, { users: run }, 10_000);
    const answer = await graph.execute({ document: query('{ a b }').document });
    await run.close();
    return JSON.parse(JSON.stringify(answer)) as unknown;
  };
  const errors = [{ message: 'no', path: ['a'], extensions: { code: 'TEAPOT' } }];
  const { url } = await served(json({ data: { a: null, b: 'b' }, errors }));
  expect(await ask(url)).toEqual({
    data: { a: null, b: 'b' },
    errors: [{ message: 'no', path: ['a'], extensions: { code: 'TEAPOT', subgraph: 'users' } }],
  });
  await open?.close();
  expect(await ask(url)).toEqual({
    data: { a: null, b: null },
    errors: [
      {
        message: 'The subgraph "users" did not answer.',
        extensions: { code: 'UNAVAILABLE', subgraph: 'users' },
      },
    ],
  });
});

test.each([
  ['ftp://127.0.0.1/graphql', 'is not one of HTTP'],
  ['127.0.0.1:4001', 'is not one of HTTP'],
  ['http://user:secret@127.0.0.1/graphql', 'carries a credential'],
])('the URL %s is refused, and not told', (url, why) => {
  expect(() => runnerOf(url)).toThrow(new Error(`The URL of the subgraph "users" ${why}.`));
});
