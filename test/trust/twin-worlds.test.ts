import type { Answer, Client } from '../builders/client';
import { DATABASES } from '../builders/databases';
import { shaOf, World } from '../builders/world';
import { publicApi, queriesFor } from './support/read-paths';

/**
 * Chapter 7, "Twin worlds": two registries that differ in private data alone. Whatever an outsider may ask, by any field
 * of the graph or any route, has the same answer in both, byte for byte.
 */

/** The limits of the graph are not what is tested here. */
const SETTINGS = { ALGOGATE_GRAPH_MAX_COST: '1000000', ALGOGATE_GRAPH_COST_PER_MINUTE: '1000000000' };

const VALUES = {
  from: '"2026-01-01T00:00:00Z"',
  to: '"2026-01-03T00:00:00Z"',
  granularity: 'DAY',
  range: '"*"',
  ref: '""',
};

/** What is private is made in between, in one of the two worlds, so that no counter may tell of it. */
async function fill(world: World, withPrivate: boolean): Promise<Client> {
  const privately = async (make: () => Promise<unknown>): Promise<void> => {
    if (withPrivate) await make();
  };
  const sha = (of: string) => ({ sha: shaOf(of) });
  const build = (algorithm: string, version: string) =>
    world.build(algorithm, { ...sha(version), backend: `${world.backend.url}/${algorithm}/${version}` });
  const publish = async (algorithm: string, version: string, more: object = {}) => {
    await build(algorithm, `${algorithm}/${version}`);
    await world.publish(algorithm, version, { ...sha(`${algorithm}/${version}`), ...more });
  };
  await world.user('ann');
  await world.user('ada');
  const otto = await world.user('otto');
  await world.organization('acme', { admin: 'ann' });
  await privately(() =>
    world.operator.mutate('setMember', { organization: 'acme', user: 'ada', role: 'MEMBER' }),
  );
  await privately(() => world.algorithm('acme/secret'));
  await world.algorithm('acme/open');
  await publish('acme/open', '1.0.0');
  await privately(() => publish('acme/open', '1.1.0', { visibility: 'PRIVATE' }));
  await privately(() => build('acme/open', 'a build that is not published'));
  await publish('acme/open', '1.0.1');
  await privately(() => publish('acme/open', '2.0.0', { permissions: { visibility: 'PRIVATE' } }));
  await privately(() => publish('acme/secret', '1.0.0', { permissions: { visibility: 'PRIVATE' } }));
  await privately(() => world.grant('acme/open/2', 'ada'));
  await privately(() =>
    world.operator.mutate('updateAlgorithm', { algorithm: 'acme/secret', summary: 'secret' }),
  );
  await privately(() => world.key('ann', { scopes: ['read'] }));
  await privately(() => world.key('acme'));
  await privately(() =>
    world.operator.mutate('setConsumerLimits', { consumer: 'ada', algorithm: 'acme/open', perDay: 7 }),
  );
  await privately(async () => (await world.key('ann')).call('acme/open/1.1.0', 1));
  await publish('acme/open', '1.0.2');
  await world.yank('acme/open/1.0.2');
  return otto;
}

/** The arguments that each root field is asked with; a field without a row fails. */
const ROOTS: Readonly<Record<string, readonly string[]>> = {
  viewer: ['viewer'],
  owner: ['owner(handle: "acme")', 'owner(handle: "ann")', 'owner(handle: "ada")', 'owner(handle: "nobody")'],
  algorithm: ['algorithm(ref: "acme/open")', 'algorithm(ref: "acme/secret")', 'algorithm(ref: "acme/none")'],
  algorithms: [
    'algorithms(first: 5)',
    'algorithms(first: 1)',
    'algorithms(first: 5, search: "secret")',
    'algorithms(first: 5, owner: "acme")',
    'algorithms(first: 5, tag: "x")',
  ],
  major: ['major(ref: "acme/open/1")', 'major(ref: "acme/open/2")', 'major(ref: "acme/secret/1")'],
  version: ['1.0.0', '1.0.1', '1.0.2', '1.1.0', '2.0.0']
    .map((version) => `version(ref: "acme/open/${version}")`)
    .concat('version(ref: "acme/secret/1.0.0")'),
  node: [
    'Algorithm:acme/secret',
    'Version:acme/open/1.1.0',
    'Major:acme/open/2',
    'Algorithm:acme/open',
    'Owner:acme',
  ].map((id) => `node(id: "${Buffer.from(id).toString('base64url')}")`),
  resolve: [
    'acme/open',
    'acme/open/1',
    'acme/open/1.1',
    'acme/open/2',
    'acme/open/^1',
    'acme/open/[1,3)',
    'acme/secret',
  ]
    .concat([
      'acme/open/latestPrivate',
      'acme/open/1.1.0',
      'acme/open/stable',
      `acme/open/${shaOf('acme/open/1.1.0')}`,
    ])
    .map((reference) => `resolve(reference: "${reference}")`),
  checkInterface: [
    'checkInterface(algorithm: "acme/open", interface: "type Query { f: Int }")',
    'checkInterface(algorithm: "acme/open", against: "1.1.0", interface: "type Query { f: Int }")',
    'checkInterface(algorithm: "acme/secret", interface: "type Query { f: Int }")',
  ],
};

const REFERENCES = ROOTS['resolve']!.map((each) => /"(.*)"/.exec(each)?.[1] ?? '');
const RANGE = 'from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z';

/** What each route is asked; one without a row fails. */
const ROUTES: Readonly<Record<string, (client: Client) => Promise<Answer>[]>> = {
  '/graphql': (client) => [client.graphql('{ __typename }')],
  '/v1/resolve/*': (client) =>
    REFERENCES.flatMap((reference) => [
      client.resolve(reference),
      client.http(`/v1/resolve/${encodeURI(reference)}?receipt=true`),
    ]),
  '/v1/packages/:owner/:name': (client) =>
    ['open', 'secret', 'none'].map((name) => client.http(`/v1/packages/acme/${name}`)),
  '/v1/algo/*': (client) =>
    REFERENCES.flatMap((reference) => [
      client.call(reference, 1),
      client.call(reference, 1, { query: 'receipt=true' }),
    ]),
  '/v1/web/algo/*': (client) =>
    REFERENCES.map((reference) =>
      client.http(`/v1/web/algo/${encodeURI(reference)}`, { method: 'POST', body: '1' }),
    ),
  '/v1/calls': (client) =>
    ['', '&algorithm=acme/secret', '&algorithm=acme/open', '&version=acme/open/1.1.0', '&owner=acme'].map(
      (query) => client.http(`/v1/calls?${RANGE}${query}`),
    ),
  '/metrics': (client) => [client.http('/metrics')],
  '/v1/trusted-publishing/token': (client) =>
    ['acme/open', 'acme/secret', 'acme/none'].map((algorithm) =>
      client.http('/v1/trusted-publishing/token', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ algorithm, token: 'eyJ.eyJ.x' }),
      }),
    ),
  '/healthz': (client) => [client.http('/healthz')],
  '/readyz': (client) => [client.http('/readyz')],
  '/.well-known/jwks.json': () => [],
  '(none)': (client) => [client.http('/v1/nothing'), client.http('/v1/packages/acme')],
};

describe.each(DATABASES)('twin worlds on %s', (_name, create) => {
  let worlds: World[];
  let ottos: Client[];

  beforeAll(async () => {
    worlds = [await World.start(create, SETTINGS), await World.start(create, SETTINGS)];
    ottos = [];
    for (const [at, world] of worlds.entries()) ottos.push(await fill(world, at === 0));
  }, 60_000);

  afterAll(async () => {
    for (const world of worlds) await world.stop();
  });

  /** Answers of both worlds to a stranger and to a user who belongs nowhere. */
  const everyone = (): (readonly [string, Client, Client])[] => [
    ['anonymous', worlds[0]!.anonymous, worlds[1]!.anonymous],
    ['an outsider', ottos[0]!, ottos[1]!],
  ];

  const rows = Object.keys(publicApi().getQueryType()!.getFields()).map((name) => [name] as const);
  test.each(rows)('the graph: %s', async (name) => {
    const queries = (ROOTS[name] ?? []).flatMap((given) => queriesFor(publicApi(), given, VALUES));
    expect(queries.length).toBeGreaterThan(0);
    for (const [who, here, there] of everyone()) {
      for (const query of queries) {
        const [one, other] = [await here.graphql(query), await there.graphql(query)];
        expect({ who, query, ...seen(one, worlds) }).toEqual({ who, query, ...seen(other, worlds) });
      }
    }
  });

  test('the worlds do differ, for those who may know', async () => {
    const names =
      '{ owner(handle: "acme") { algorithms(first: 5) { nodes { name versions { nodes { version } } } } } }';
    const [one, other] = [await worlds[0]!.operator.graphql(names), await worlds[1]!.operator.graphql(names)];
    expect(one.text).toContain('"secret"');
    expect(one.text).toContain('"1.1.0"');
    expect(other.text).not.toMatch(/"secret"|"1\.1\.0"/);
  });

  test('every route', async () => {
    const { text } = await worlds[0]!.operator.http('/metrics');
    const routes = [...text.matchAll(/algogate_http_responses_total\{route="([^"]+)"/g)].map(
      ([, route]) => route ?? '',
    );
    expect(new Set(routes)).toEqual(new Set(Object.keys(ROUTES)));
    for (const [who, here, there] of everyone()) {
      for (const [route, ask] of Object.entries(ROUTES)) {
        const [one, other] = [await Promise.all(ask(here)), await Promise.all(ask(there))];
        const said = one.map((answer) => seen(answer, worlds));
        expect({ who, route, said }).toEqual({
          who,
          route,
          said: other.map((answer) => seen(answer, worlds)),
        });
      }
    }
  });
});

/** An answer without what differs between any two: times, ids of requests, and the address of the world's backend. */
function seen({ status, headers, text }: Answer, worlds: readonly World[]): object {
  const {
    date: _date,
    'x-request-id': _id,
    etag: _etag,
    ratelimit: _rest,
    'content-length': _length,
    ...others
  } = headers;
  const plain = (said: string): string =>
    worlds
      .reduce(
        (known, { backend, server }) =>
          known.replaceAll(backend.url, 'BACKEND').replaceAll(server.url, 'HERE'),
        said,
      )
      .replace(/eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+/g, (_jws, payload: string) => statementIn(payload))
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/(?<="(?:cursor|startCursor|endCursor)":")[\w-]+/g, cursorIn)
      .replace(/(?<="(?:hash|previousHash)":")[0-9a-f]{64}/g, 'HASH')
      .replace(/agk_[\w-]{8}/g, 'KEY')
      .replace(/"(duration|request_id|requestId)":("?)[\w.]+\2/g, '"$1":0');
  return { status, headers: plain(JSON.stringify(others)), text: plain(text) };
}

/** What a receipt says; the hashes of entries cover their times. */
function statementIn(payload: string): string {
  return Buffer.from(payload, 'base64url')
    .toString()
    .replace(/[0-9a-f]{64}/g, 'HASH');
}

/** What a cursor says: some are made of times. */
function cursorIn(cursor: string): string {
  return Buffer.from(cursor, 'base64url')
    .toString()
    .replace(/\d{13}/g, 'MS');
}
