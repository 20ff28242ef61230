import { DAY_MS } from '../../src/domain/usage/granularity';
import { type CallSpec, countCalls, putCalls } from '../builders/calls';
import type { Client, GraphAnswer } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';
import { settle, statementsOf } from '../builders/statements';

/** Chapter 6: records of calls, one by one, for whoever may know of them. */

const FIELDS = `requestId startedAt durationMs backendMs reference selector version { ref } sha position outcome
  bytesIn bytesOut artifacts caller { handle } callerPseudonym keyPrefix`;
const PAGE =
  'edges { cursor node { requestId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

type Node = Readonly<Record<string, unknown>>;
interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly requestId: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Where `callRecords` is, and its arguments beside the page. */
const AT = {
  owner: (handle: string, args = '') => [`owner(handle: "${handle}")`, args] as const,
  algorithm: (ref: string, args = '') => [`algorithm(ref: "${ref}")`, args] as const,
  version: (ref: string, args = '') => [`version(ref: "${ref}")`, args] as const,
  viewer: (args = '') => ['viewer', args] as const,
};
type Place = readonly [path: string, args: string];

async function asked(
  client: Client,
  [path, args]: Place,
  page: string,
  selection: string,
): Promise<GraphAnswer> {
  const given = [args, page].filter((part) => part !== '').join(', ');
  return client.graphql(
    `{ at: ${path} { callRecords${given === '' ? '' : `(${given})`} { ${selection} } } }`,
  );
}

async function pageOf(client: Client, place: Place, page: string): Promise<Page> {
  const answer = await asked(client, place, page, PAGE);
  if (answer.errors.length > 0) throw new Error(answer.text);
  return answer.at('at.callRecords') as Page;
}

/** All pages of `first`, one after the other; between two of them `between` happens. */
async function pagesOf(
  client: Client,
  place: Place,
  first: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Page[]> {
  const pages: Page[] = [];
  for (let after = ''; ;) {
    const page = await pageOf(client, place, `first: ${first}${after}`);
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return pages;
    after = `, after: "${page.pageInfo.endCursor}"`;
    await between();
  }
}

const idsOn = (pages: readonly Page[]) =>
  pages.flatMap(({ edges }) => edges.map(({ node }) => node.requestId));

describeOnEachServer('records of calls', (world) => {
  describe('who sees which calls, and what of them', () => {
    const clients: Record<string, Client> = {};
    /** Request ids by what was called. */
    const made = new Map<string, string>();
    const shas: Record<string, string> = {};
    let pseudonyms: Record<string, string> = {};
    let prefixes: Record<string, string> = {};

    const call = async (name: string, who: string, reference: string) => {
      const answer = await clients[who]!.call(reference, 'hi');
      expect([name, answer.status]).toEqual([name, 200]);
      made.set(String(answer.headers['x-request-id']), name);
      return world().backend.seen.at(-1)!;
    };

    beforeAll(async () => {
      for (const name of ['ann', 'mia', 'otto', 'nan', 'gil']) clients[name] = await world().user(name);
      await world().organization('acme', { admin: 'ann', members: { mia: 'MEMBER' } });
      await world().organization('guild', { admin: 'gil' });
      clients['operator'] = world().operator;
      clients['anonymous'] = world().anonymous;
      clients['guild'] = await world().key('guild');
      clients['only-calls'] = await world().key('otto', { scopes: ['call'] });
      clients['only-acme'] = await world().key('otto', { scopes: ['read:acme/*'] });
      clients['mia-calls'] = await world().key('mia', { scopes: ['call'] });
      await world().algorithm('acme/detect');
      await world().algorithm('acme/hidden');
      shas['1.0.0'] = (await world().publish('acme/detect', '1.0.0')).sha;
      shas['2.0.0'] = (
        await world().publish('acme/detect', '2.0.0', { permissions: { visibility: 'PRIVATE' } })
      ).sha;
      await world().grant('acme/detect/2', 'guild');
      shas['commit'] = await world().build('acme/hidden');
      const seen = {
        otto: await call('public', 'otto', 'acme/detect'),
        guild: await call('private', 'guild', 'acme/detect/2.0.0'),
        mia: await call('commit', 'mia', `Acme/hidden/${shas['commit']}`),
      };
      await call('by operator', 'operator', 'acme/detect/1');
      pseudonyms = Object.fromEntries(
        Object.entries(seen).map(([who, { headers }]) => [who, String(headers['x-algogate-caller'])]),
      );
      prefixes = Object.fromEntries(['otto', 'guild'].map((who) => [who, clients[who]!.key!.slice(0, 12)]));
      await expectSoon(() => countCalls(world()), 4);
    });

    /** What a client sees at a place: each call by its name, without the times; null where there is nothing. */
    async function sees(who: string, place: Place): Promise<unknown[] | null> {
      const answer = await asked(clients[who]!, place, '', `nodes { ${FIELDS} }`);
      if (answer.errors.length > 0) return answer.errors.map(({ code }) => code);
      const nodes = answer.at('at.callRecords.nodes') as Node[] | undefined;
      return (
        nodes?.map(({ requestId, startedAt, durationMs, backendMs, ...node }) => {
          expect([startedAt, durationMs, backendMs]).toEqual([
            expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
            expect.any(Number),
            expect.any(Number),
          ]);
          return { call: made.get(String(requestId)), ...node };
        }) ?? null
      );
    }

    const common = (name: string) => {
      const version = { public: '1.0.0', private: '2.0.0', 'by operator': '1.0.0' }[name];
      const reference = {
        public: 'acme/detect',
        private: 'acme/detect/2.0.0',
        commit: `Acme/hidden/${shas['commit']}`,
        'by operator': 'acme/detect/1',
      }[name];
      return {
        call: name,
        reference,
        selector: { public: 'LATEST', private: 'FULL', commit: 'SHA', 'by operator': 'PARTIAL' }[name],
        version: version === undefined ? null : { ref: `acme/detect/${version}` },
        sha: shas[version ?? 'commit'],
        outcome: 'OK',
        bytesIn: 2,
        bytesOut: expect.any(Number) as number,
        artifacts: [],
      };
    };
    const PUBLIC = expect.stringMatching(/^acme@\d+$/) as string;
    const PRIVATE = expect.stringMatching(/^acme@\d+\+\d+$/) as string;
    /** As the provider sees each call. */
    const provided = () => ({
      public: {
        ...common('public'),
        position: PUBLIC,
        caller: null,
        callerPseudonym: pseudonyms['otto'],
        keyPrefix: null,
      },
      private: {
        ...common('private'),
        position: PRIVATE,
        caller: { handle: 'guild' },
        callerPseudonym: pseudonyms['guild'],
        keyPrefix: null,
      },
      commit: {
        ...common('commit'),
        position: PRIVATE,
        caller: null,
        callerPseudonym: pseudonyms['mia'],
        keyPrefix: null,
      },
      operator: {
        ...common('by operator'),
        position: PUBLIC,
        caller: null,
        callerPseudonym: 'operator',
        keyPrefix: null,
      },
    });
    /** As whoever called sees it. */
    const consumed = () => ({
      otto: {
        ...common('public'),
        position: PUBLIC,
        caller: { handle: 'otto' },
        callerPseudonym: null,
        keyPrefix: prefixes['otto'],
      },
      guild: {
        ...common('private'),
        position: null,
        caller: { handle: 'guild' },
        callerPseudonym: null,
        keyPrefix: prefixes['guild'],
      },
    });

    test('the admin and the operator see all of the owner, organisations by name, users by pseudonym', async () => {
      const { operator, commit, private: granted, public: open } = provided();
      const all = [operator, commit, granted, open];
      expect(await sees('ann', AT.owner('acme'))).toEqual(all);
      expect(await sees('operator', AT.owner('acme', 'as: PROVIDER'))).toEqual(all);
      expect(await sees('ann', AT.algorithm('acme/detect'))).toEqual([operator, granted, open]);
      expect(await sees('ann', AT.version('acme/detect/1.0.0'))).toEqual([operator, open]);
      expect(await sees('operator', AT.version('acme/detect/2.0.0'))).toEqual([granted]);
    });

    test('a member sees the same, and itself by its name', async () => {
      const { operator, commit, private: granted, public: open } = provided();
      const own = { ...commit, caller: { handle: 'mia' } };
      expect(await sees('mia', AT.owner('acme'))).toEqual([operator, own, granted, open]);
      expect(await sees('mia', AT.algorithm('acme/hidden'))).toEqual([own]);
    });

    test('whoever called sees its own calls everywhere, and nothing private of the provider', async () => {
      const { otto, guild } = consumed();
      for (const place of [
        AT.viewer(),
        AT.owner('otto', 'as: CONSUMER'),
        AT.owner('acme'),
        AT.algorithm('acme/detect'),
        AT.version('acme/detect/1.0.0'),
      ]) {
        expect(await sees('otto', place)).toEqual([otto]);
      }
      for (const place of [AT.viewer(), AT.owner('guild', 'as: CONSUMER'), AT.version('acme/detect/2.0.0')]) {
        expect(await sees('guild', place)).toEqual([guild]);
      }
      // its members see what their organisation called; of the provider they are outsiders
      expect(await sees('gil', AT.owner('guild', 'as: CONSUMER'))).toEqual([guild]);
      expect(await sees('gil', AT.owner('acme'))).toEqual([]);
      expect(await sees('operator', AT.owner('otto', 'as: CONSUMER'))).toEqual([otto]);
      expect(await sees('guild', AT.owner('guild'))).toEqual([]);
    });

    test('whoever did not call sees that it called nothing', async () => {
      for (const place of [AT.viewer(), AT.owner('acme'), AT.algorithm('acme/detect')]) {
        expect(await sees('nan', place)).toEqual([]);
      }
    });

    test.each([
      ['anonymous', AT.owner('acme')],
      ['anonymous', AT.algorithm('acme/detect')],
      ['anonymous', AT.version('acme/detect/1.0.0')],
      ['anonymous', AT.viewer()],
      ['nan', AT.owner('acme', 'as: CONSUMER')],
      ['only-calls', AT.viewer()],
      ['only-calls', AT.owner('acme')],
      ['only-calls', AT.algorithm('acme/detect')],
      ['only-acme', AT.viewer()],
      ['only-acme', AT.owner('otto', 'as: CONSUMER')],
      ['mia-calls', AT.owner('acme')],
    ] as const)('%s is told nothing by %j', async (who, place) => {
      expect(await sees(who, place)).toBeNull();
    });

    test('what is hidden is as what is missing', async () => {
      for (const place of [
        AT.algorithm('acme/hidden'),
        AT.algorithm('acme/nothing'),
        AT.version('acme/detect/2.0.0'),
        AT.version('acme/detect/3.0.0'),
      ]) {
        expect(await sees('nan', place)).toEqual(['NOT_FOUND']);
      }
      expect(await sees('mia-calls', AT.algorithm('acme/hidden'))).toEqual(['NOT_FOUND']);
    });

    test('a key that reads the provider alone sees its own calls there, and nothing of its keys', async () => {
      const { otto } = consumed();
      expect(await sees('only-acme', AT.algorithm('acme/detect'))).toEqual([{ ...otto, keyPrefix: null }]);
    });

    test('the operator sees its own calls as a consumer', async () => {
      const { operator } = provided();
      expect(await sees('operator', AT.viewer())).toEqual([{ ...operator, callerPseudonym: null }]);
    });

    test('no answer to a provider has a handle, an id or a key of a user in it', async () => {
      const answer = await asked(clients['ann']!, AT.owner('acme'), '', `nodes { ${FIELDS} } ${PAGE}`);
      expect(answer.text).toContain('guild');
      expect(answer.text).not.toMatch(/otto|mia|agk_/);
    });
  });

  describe('pages of calls', () => {
    let bea: Client;
    let bob: Client;
    const at = Date.now() - DAY_MS;
    const algorithms = ['bulk/one', 'bulk/two', 'bulk/three'];
    const id = (n: number) => `call-${String(n).padStart(4, '0')}`;
    /** `count` calls in three moments, of three algorithms in turn, every fifth of which failed. */
    const specs = (count: number): CallSpec[] =>
      Array.from({ length: count }, (_, n) => ({
        algorithm: algorithms[n % 3]!,
        version: n % 2 === 0 ? '1.0.0' : '1.1.0',
        caller: 'bob',
        startedAt: at + Math.floor((3 * n) / count),
        requestId: id(n),
        outcome: n % 5 === 0 ? 'TIMEOUT' : 'OK',
      }));
    const stored = specs(250);
    const places: [string, () => Client, Place, (spec: CallSpec) => boolean][] = [
      ['a provider', () => bea, AT.owner('bulk'), () => true],
      ['an algorithm', () => bea, AT.algorithm('bulk/two'), ({ algorithm }) => algorithm === 'bulk/two'],
      [
        'a version',
        () => bea,
        AT.version('bulk/two/1.1.0'),
        ({ algorithm, version }) => algorithm === 'bulk/two' && version === '1.1.0',
      ],
      ['an outcome', () => bea, AT.owner('bulk', 'outcome: TIMEOUT'), ({ outcome }) => outcome === 'TIMEOUT'],
      ['a consumer', () => bea, AT.viewer(), () => false],
      ['a consumer that called', () => bob, AT.viewer(), () => true],
      ['own calls of an owner', () => bob, AT.owner('bulk'), () => true],
      ['own calls', () => bob, AT.algorithm('bulk/two'), ({ algorithm }) => algorithm === 'bulk/two'],
      [
        'a range',
        () => bea,
        AT.owner(
          'bulk',
          `from: "${new Date(at + 1).toISOString()}", to: "${new Date(at + 2).toISOString()}"`,
        ),
        ({ startedAt }) => startedAt === at + 1,
      ],
    ];

    beforeAll(async () => {
      bea = await world().user('bea');
      bob = await world().user('bob');
      await world().organization('bulk', { admin: 'bea' });
      for (const algorithm of algorithms) {
        await world().algorithm(algorithm);
        await world().publish(algorithm, '1.0.0');
        await world().publish(algorithm, '1.1.0');
      }
      await putCalls(world(), stored);
    });

    test.each(places)(
      'of %s have each call once, newest first, while others come in',
      async (_name, client, place, is) => {
        let later = 0;
        const between = async () => {
          later += 1;
          const requestId = `later-${_name.replaceAll(' ', '_')}-${later}`;
          await putCalls(world(), [
            {
              algorithm: 'bulk/two',
              version: '1.1.0',
              caller: 'bob',
              startedAt: at + 10 + later,
              requestId,
              outcome: 'TIMEOUT',
            },
          ]);
        };
        const onlyStored = (ids: readonly string[]) => ids.filter((one) => one.startsWith('call-'));
        const pages = await pagesOf(client(), place, 40, between);
        const expected = stored.filter(is).map(({ requestId }) => requestId);
        const ids = onlyStored(idsOn(pages));
        expect([...ids].sort()).toEqual(expected);
        const moments = ids.map((one) => stored.find(({ requestId }) => requestId === one)!.startedAt);
        expect(moments).toEqual([...moments].sort((one, other) => other - one));
        // whatever the size of the pages, the order is the same
        expect(onlyStored(idsOn(await pagesOf(client(), place, 7)))).toEqual(ids);
        await world().server.app.database.write((tx) =>
          tx.query(`DELETE FROM calls WHERE request_id LIKE 'later-%'`),
        );
      },
    );

    test('a page says where it ends, and a page after the last call is empty', async () => {
      const { edges, pageInfo } = await pageOf(bea, AT.algorithm('bulk/one'), 'first: 2');
      expect(edges.map(({ node }) => node.requestId)).toEqual([id(249), id(246)]);
      expect(pageInfo).toEqual({
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: edges[0]!.cursor,
        endCursor: edges[1]!.cursor,
      });
      const [last] = (await pagesOf(bea, AT.algorithm('bulk/one'), 50)).slice(-1);
      const empty = await pageOf(bea, AT.algorithm('bulk/one'), `after: "${last!.pageInfo.endCursor}"`);
      expect(empty).toEqual({
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
      });
    });

    test('a cursor whose call was purged goes on with what is older', async () => {
      const gone = Buffer.from(`k:${at + 1} gone`).toString('base64url');
      const rest = await pagesOf(bob, AT.viewer(), 100);
      const older = idsOn(rest).filter(
        (one) => stored.find(({ requestId }) => requestId === one)!.startedAt <= at,
      );
      expect(idsOn([await pageOf(bob, AT.viewer(), `first: 100, after: "${gone}"`)])).toEqual(older);
    });

    test.each([
      ['first: 0', 'INVALID_INPUT'],
      ['after: "x"', 'INVALID_INPUT'],
      [`after: "${Buffer.from('k:bulk').toString('base64url')}"`, 'INVALID_INPUT'],
      [`after: "${Buffer.from("k:1 ' OR 1=1").toString('base64url')}"`, 'INVALID_INPUT'],
      ['from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z"', 'INVALID_INPUT'],
    ])('%s is refused with %s, also where there is nothing to see', async (page, code) => {
      for (const client of [bea, bob, world().anonymous]) {
        const { errors } = await asked(client, AT.owner('bulk'), page, PAGE);
        expect(errors.map((error) => error.code)).toEqual([code]);
      }
    });

    test('pages of many algorithms are read together', async () => {
      const query = (refs: readonly string[]) =>
        `{ ${refs.map((ref, n) => `a${n}: algorithm(ref: "${ref}") { callRecords(first: 3) { nodes { ${FIELDS} } } }`).join(' ')} }`;
      await bea.graphql(query(algorithms));
      await settle(world().server.app.database);
      const cost = async (refs: readonly string[]) =>
        (await statementsOf(world().server.app.database, () => bea.graphql(query(refs)))).length;
      expect(await cost(algorithms)).toBe(await cost(algorithms.slice(0, 1)));
    });
  });
});
