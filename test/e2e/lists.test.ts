import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';

/** Chapter 2, "Who sees what": whatever lists shows each principal what it may see, and betrays nothing else. */

const WHO = [
  'anonymous',
  'outsider',
  'grantee',
  'member',
  'admin',
  'a reading key',
  'a calling key',
] as const;
type Who = (typeof WHO)[number];

/** By what each may see: the public alone, the granted besides, or all of it. */
type Seeing = 'public' | 'granted' | 'all';
const SEES: Readonly<Record<Who, Seeing>> = {
  anonymous: 'public',
  outsider: 'public',
  grantee: 'granted',
  member: 'all',
  admin: 'all',
  'a reading key': 'all',
  'a calling key': 'public', // it resolves what it names, and lists nothing
};

const ALGORITHMS: Readonly<Record<Seeing, readonly string[]>> = {
  public: ['acme/detect'],
  granted: ['acme/detect', 'acme/lent'],
  all: ['acme/detect', 'acme/empty', 'acme/lent', 'acme/secret'],
};
const VERSIONS: Readonly<Record<Seeing, readonly string[]>> = {
  public: ['1.2.0', '1.0.0'],
  granted: ['1.2.0', '1.1.0', '1.0.0'],
  all: ['2.0.0', '1.2.0', '1.1.0', '1.0.0'],
};
const MAJORS: Readonly<Record<Seeing, readonly number[]>> = { public: [1], granted: [1], all: [1, 2, 3] };

const HIDDEN: Readonly<Record<Seeing, readonly string[]>> = {
  public: [
    'Algorithm:acme/lent',
    'Major:acme/lent/1',
    'Version:acme/lent/1.0.0',
    'Version:acme/detect/1.1.0',
  ],
  granted: ['Algorithm:acme/secret', 'Major:acme/detect/2', 'Version:acme/detect/2.0.0'],
  all: ['Algorithm:acme/none', 'Major:acme/detect/9', 'Version:acme/detect/9.0.0'],
};

describeOnEachServer('lists', (world) => {
  const clients = {} as Record<Who, Client>;

  beforeAll(async () => {
    for (const [who, name] of [
      ['outsider', 'otto'],
      ['grantee', 'gus'],
      ['member', 'mia'],
      ['admin', 'ann'],
    ] as const) {
      clients[who] = await world().user(name);
    }
    await world().organization('acme', { admin: 'ann', members: { mia: 'MEMBER' } });
    clients.anonymous = world().anonymous;
    clients['a reading key'] = await world().key('ann', { scopes: ['read:acme/*'] });
    clients['a calling key'] = await world().key('ann', { scopes: ['call'] });
    const secretly = { permissions: { visibility: 'PRIVATE' } };
    for (const name of ['detect', 'lent', 'secret', 'empty']) {
      await world().operator.mutate('createAlgorithm', {
        owner: 'acme',
        name,
        summary: `a ${name} thing`,
        tags: ['vision'],
      });
    }
    await world().publish('acme/detect', '1.0.0', { by: clients.admin });
    await world().publish('acme/detect', '1.1.0', { visibility: 'PRIVATE', by: clients.admin });
    await world().publish('acme/detect', '1.2.0', { by: clients.admin });
    await world().publish('acme/detect', '2.0.0', secretly);
    await world().operator.mutate('setMajorPermissions', { major: 'acme/detect/3', visibility: 'PUBLIC' });
    for (const name of ['lent', 'secret']) await world().publish(`acme/${name}`, '1.0.0', secretly);
    await world().grant('acme/detect/1', 'gus');
    await world().grant('acme/lent/1', 'gus');
    await world().grant('acme/detect/3', 'gus');
  });

  describe.each(WHO)('for %s', (who) => {
    const sees = SEES[who];

    test.each([
      ['the catalogue', 'algorithms(PAGE)', 'algorithms', 'ref', ALGORITHMS[sees]],
      ['a search of the name', 'algorithms(search: "T", PAGE)', 'algorithms', 'ref', ALGORITHMS[sees]],
      ['a search of the summary', 'algorithms(search: "thing", PAGE)', 'algorithms', 'ref', ALGORITHMS[sees]],
      ['a tag', 'algorithms(tag: "vision", PAGE)', 'algorithms', 'ref', ALGORITHMS[sees]],
      ['an owner in the catalogue', 'algorithms(owner: "Acme", PAGE)', 'algorithms', 'ref', ALGORITHMS[sees]],
      ['an owner', 'owner(handle: "acme") { algorithms(PAGE) }', 'owner.algorithms', 'ref', ALGORITHMS[sees]],
      [
        'versions',
        'algorithm(ref: "acme/detect") { versions(PAGE) }',
        'algorithm.versions',
        'version',
        VERSIONS[sees],
      ],
    ])('%s, whole and page by page', async (_what, field, path, key, expected) => {
      expect(await pagesOf(clients[who], field, path, key, 100)).toEqual([expected]);
      const single = expected.length === 0 ? [[]] : expected.map((one) => [one]);
      expect(await pagesOf(clients[who], field, path, key, 1)).toEqual(single);
    });

    test('what is searched for by a hidden name is not there', async () => {
      const { data } = await clients[who].graphql(
        '{ algorithms(search: "secret") { nodes { ref } pageInfo { hasNextPage endCursor } } }',
      );
      const found = sees === 'all';
      expect(data).toEqual({
        algorithms: {
          nodes: found ? [{ ref: 'acme/secret' }] : [],
          pageInfo: { hasNextPage: false, endCursor: found ? expect.any(String) : null },
        },
      });
    });

    test('majors, with their permissions; grants and publishers are for the owner', async () => {
      const { data } = await clients[who].graphql(
        `{ algorithm(ref: "acme/detect") { majors { number latest { version } permissions { callers grants { level grantee { handle } } } }
             versions(major: 1) { nodes { version publishedBy { handle } } } }
           owner(handle: "acme") { members { nodes { user { handle } } } viewerRole } }`,
      );
      const grants = who === 'admin' ? [{ level: 'CALL', grantee: { handle: 'gus' } }] : null;
      const latest = (number: number) => (number === 1 ? { version: '1.2.0' } : null);
      expect(valueAt(data, 'algorithm.majors')).toEqual(
        MAJORS[sees].map((number) => ({
          number,
          latest: latest(number),
          permissions: { callers: 'EVERYONE', grants: grants === null ? null : number === 2 ? [] : grants },
        })),
      );
      const publishedBy = sees === 'all' ? { handle: 'ann' } : null;
      expect(valueAt(data, 'algorithm.versions.nodes')).toEqual(
        VERSIONS[sees]
          .filter((version) => version.startsWith('1.'))
          .map((version) => ({ version, publishedBy })),
      );
      const members = [{ user: { handle: 'ann' } }, { user: { handle: 'mia' } }];
      const role = { member: 'MEMBER', admin: 'ADMIN', 'a reading key': 'MEMBER' }[who as string] ?? null;
      expect(valueAt(data, 'owner')).toEqual({
        members: sees === 'all' ? { nodes: members } : null,
        viewerRole: role,
      });
    });

    test('node(id) of what is hidden is what node(id) of what is missing is', async () => {
      const idOf = (text: string): string => Buffer.from(text).toString('base64url');
      const node = (id: string) => clients[who].graphql('query ($id: ID!) { node(id: $id) { id } }', { id });
      for (const hidden of HIDDEN[sees]) {
        const missing = hidden.replace('acme/', 'acne/');
        const [a, b] = [await node(idOf(hidden)), await node(idOf(missing))];
        expect(a.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['node'] }]);
        expect(a.text.replace('acme/', 'acne/')).toBe(b.text);
      }
      const visible = idOf('Version:acme/detect/1.2.0');
      expect((await node(visible)).data).toEqual({ node: { id: visible } });
    });
  });

  test('a cursor that names a hidden thing leads on to what may be seen, and nothing else', async () => {
    const after = (key: string): string => Buffer.from(`k:${key}`).toString('base64url');
    const from = async (client: Client, key: string) =>
      (await client.graphql(`{ algorithms(after: "${after(key)}") { nodes { ref } } }`)).at(
        'algorithms.nodes',
      );
    expect(await from(clients.outsider, 'acme/lent')).toEqual([]);
    expect(await from(clients.outsider, 'acme/a')).toEqual([{ ref: 'acme/detect' }]);
    expect(await from(clients.member, 'acme/lent')).toEqual([{ ref: 'acme/secret' }]);
    const { errors } = await clients.outsider.graphql('{ algorithms(after: "bm9uZQ") { nodes { ref } } }');
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });
});

/** All pages of a connection, each as the values of `key` in its nodes; edges and cursors agree with them. */
async function pagesOf(client: Client, field: string, path: string, key: string, first: number) {
  const pages: unknown[][] = [];
  let after: unknown = null;
  do {
    const selection = `{ nodes { ${key} } edges { cursor node { ${key} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
    const paged = field.replace(/PAGE\)/, `first: ${first}, after: $after) ${selection}`);
    const { data, errors } = await client.graphql(`query ($after: String) { ${paged} }`, { after });
    expect(errors).toEqual([]);
    const page = valueAt(data, path) as {
      nodes: Record<string, unknown>[];
      edges: { cursor: string; node: unknown }[];
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: unknown; endCursor: unknown };
    };
    expect(page.edges.map(({ node }) => node)).toEqual(page.nodes);
    expect(page.pageInfo).toEqual({
      hasNextPage: page.pageInfo.hasNextPage,
      hasPreviousPage: after !== null,
      startCursor: page.edges[0]?.cursor ?? null,
      endCursor: page.edges.at(-1)?.cursor ?? null,
    });
    pages.push(page.nodes.map((node) => node[key]));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return pages;
}
