import { DAY_MS } from '../../src/domain/usage/granularity';
import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';
import { type CallSpec, insertUsers, recordCalls } from '../builders/usage';

/** Chapter 6, "Who still calls what", and chapter 3: a yank lists who called that version in the last 30 days. */

const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const dayOf = (days: number): string => new Date(TODAY - days * DAY_MS).toISOString();
const NODES = 'nodes { caller { handle } pseudonym calls lastCallOn }';

describeOnEachServer('active callers', (world) => {
  let ann: Client;
  let otto: Client;
  let lab: Client;

  beforeAll(async () => {
    [ann, otto] = [await world().user('ann'), await world().user('otto')];
    await world().organization('acme', { admin: 'ann' });
    await world().organization('lab', { admin: 'otto' });
    lab = await world().key('lab');
  });

  /** An algorithm of `acme` with these versions, the last of them private, which were called. */
  async function called(name: string, calls: readonly Omit<CallSpec, 'at'>[], days = 2): Promise<string> {
    const ref = `acme/${name}`;
    await world().algorithm(ref);
    for (const version of ['1.0.0', '1.1.0']) await world().publish(ref, version);
    await world().publish(ref, '1.2.0', { visibility: 'PRIVATE' });
    await recordCalls(
      world(),
      calls.map((call) => ({ ...call, of: `${ref}/${call.of}`, at: TODAY - days * DAY_MS })),
    );
    return ref;
  }

  const activeOf = async (client: Client, ref: string, args = 'days: 30') =>
    client.graphql(`{ version(ref: "${ref}") { activeCallers(${args}) { ${NODES} } } }`);

  /** What the backends of `acme` know a caller by. */
  async function pseudonymOf(client: Client): Promise<string> {
    const before = world().backend.seen.length;
    await client.call('acme/known/1.0.0', 1);
    return String(world().backend.seen[before]?.headers['x-algogate-caller']);
  }

  test('calls through the front door are there soon: organisations by name, users by what backends know them by', async () => {
    await world().algorithm('acme/known');
    await world().publish('acme/known', '1.0.0');
    const names = [await pseudonymOf(otto), await pseudonymOf(lab), await pseudonymOf(ann)];
    await lab.call('acme/known/1', 1);
    const ask = async () => {
      const answer = await activeOf(ann, 'acme/known/1.0.0');
      const nodes = answer.at('version.activeCallers.nodes') as readonly object[];
      return new Map(nodes.map((node) => [valueAt(node, 'pseudonym'), { ...node, lastCallOn: '' }]));
    };
    await expectSoon(
      ask,
      new Map([
        [names[1], { caller: { handle: 'lab' }, pseudonym: names[1], calls: 2, lastCallOn: '' }],
        [names[0], { caller: null, pseudonym: names[0], calls: 1, lastCallOn: '' }],
        [names[2], { caller: { handle: 'ann' }, pseudonym: names[2], calls: 1, lastCallOn: '' }],
      ]),
    );
    const usage = await ann.graphql(
      `{ version(ref: "acme/known/1.0.0") { usage(from: "${dayOf(0)}", to: "${dayOf(-2)}", granularity: DAY, groupBy: CALLER) { series { key } } } }`,
    );
    const keys = (usage.at('version.usage.series') as readonly { key: string }[]).map(({ key }) => key);
    expect({ first: keys[0], rest: new Set(keys.slice(1)) }).toEqual({
      first: 'lab',
      rest: new Set(['ann', names[0]]),
    });
  });

  test('a yank, a deprecation and a takedown say whom they touch, before and after', async () => {
    const ref = await called('withdrawn', [
      { by: 'lab', of: '1.0.0', times: 3 },
      { by: 'operator', of: '1.0.0', times: 2 },
      { by: 'lab', of: '1.2.0', times: 4 },
    ]);
    const lastCallOn = dayOf(2);
    const node = (calls: number, handle: string | null) => ({
      caller: handle === null ? null : { handle },
      pseudonym: handle === null ? 'operator' : expect.stringMatching(/^[\w-]{22}$/),
      calls,
      lastCallOn,
    });
    const callers = `activeCallers(days: 30) { ${NODES} }`;
    const ofRange = (range: string) => `activeCallers(range: "${range}", days: 30) { ${NODES} }`;
    const before = await ann.graphql(
      `{ algorithm(ref: "${ref}") { ${ofRange('1')} b: ${ofRange('>=1.1.0')} c: ${ofRange('1.1.0')} } }`,
    );
    expect({ errors: before.errors, data: before.at('algorithm') }).toEqual({
      errors: [],
      data: {
        activeCallers: { nodes: [node(7, 'lab'), node(2, null)] },
        b: { nodes: [node(4, 'lab')] },
        c: { nodes: [] },
      },
    });
    const yank = await ann.mutate(
      'yankVersion',
      { version: `${ref}/1.0.0`, reason: 'a test' },
      `version { yank { reason } ${callers} }`,
    );
    expect(valueAt(yank, 'version.activeCallers.nodes')).toEqual([node(3, 'lab'), node(2, null)]);
    const deprecated = await ann.mutate(
      'deprecate',
      { algorithm: ref, range: '1', message: 'a test' },
      `algorithm { ${ofRange('1')} }`,
    );
    expect(valueAt(deprecated, 'algorithm.activeCallers.nodes')).toEqual([node(7, 'lab'), node(2, null)]);
    const down = await world().operator.mutate(
      'takeDownVersion',
      { version: `${ref}/1.0.0`, reason: 'a test' },
      `version { state ${callers} }`,
    );
    expect(valueAt(down, 'version')).toEqual({
      state: 'TAKEN_DOWN',
      activeCallers: { nodes: [node(3, 'lab'), node(2, null)] },
    });
  });

  test('as many days as are asked for, whole ones', async () => {
    const ref = await called('aged', [{ by: 'lab', of: '1.0.0' }], 40);
    const counts = await Promise.all(
      [39, 40, 366].map(async (days) => {
        const answer = await activeOf(ann, `${ref}/1.0.0`, `days: ${days}`);
        return answer.at('version.activeCallers.nodes.length');
      }),
    );
    expect(counts).toEqual([0, 1, 1]);
    for (const args of [
      'days: 0',
      'days: 367',
      'days: -1',
      'first: 0',
      'after: "x"',
      'after: "azo1IGE7Yg"',
    ]) {
      const answer = await activeOf(ann, `${ref}/1.0.0`, args);
      expect(answer.errors.map(({ code }) => code)).toEqual(['INVALID_INPUT']);
    }
  });

  test.each(['latest', 'stable', '0123456789012345678901234567890123456789', '>=', ''])(
    '%j is no range',
    async (range) => {
      const ask = (client: Client) =>
        client.graphql(`{ algorithm(ref: "acme/known") { activeCallers(range: "${range}") { ${NODES} } } }`);
      for (const client of [ann, otto]) {
        expect((await ask(client)).errors.map(({ code }) => code)).toEqual(['INVALID_INPUT']);
      }
    },
  );

  test('pages are one list, also where many called as often; cursors tell nobody', async () => {
    const users = Array.from({ length: 23 }, (_, at) => `caller${at}`);
    await insertUsers(world(), users);
    const ref = await called(
      'paged',
      users.map((by, at) => ({ by, of: '1.0.0', times: at < 4 ? 9 - at : at < 8 ? 3 : 1 })),
    );
    const pageOf = async (first: number, after: string | null) => {
      const args = `first: ${first}${after === null ? '' : `, after: "${after}"`}`;
      const fields = 'edges { cursor node { calls pseudonym } } pageInfo { hasNextPage endCursor }';
      const answer = await ann.graphql(
        `{ version(ref: "${ref}/1.0.0") { activeCallers(${args}) { ${fields} } } }`,
      );
      expect(answer.errors).toEqual([]);
      return answer.at('version.activeCallers') as Page;
    };
    const whole = await pageOf(100, null);
    const all = whole.edges.map(({ node }) => node);
    expect(all.map(({ calls }) => calls)).toEqual([
      9,
      8,
      7,
      6,
      3,
      3,
      3,
      3,
      ...Array.from({ length: 15 }, () => 1),
    ]);
    for (const first of [1, 3, 5, 22, 23]) {
      const walked: unknown[] = [];
      for (let after: string | null = null; ;) {
        const { edges, pageInfo }: Page = await pageOf(first, after);
        walked.push(...edges.map(({ node }) => node));
        expect(pageInfo.hasNextPage).toBe(walked.length < all.length);
        after = pageInfo.endCursor;
        if (!pageInfo.hasNextPage) break;
      }
      expect(walked).toEqual(all);
    }
    const { reads } = world().server.app.database;
    const owners = await reads.query<{ id: number }[]>("SELECT id FROM owners WHERE handle LIKE 'caller%'");
    const told = whole.edges.map(({ cursor }) => Buffer.from(cursor, 'base64url').toString());
    expect(told.join()).not.toMatch(/caller\d/);
    // calls and a pseudonym, and no id of anyone
    expect(told).toEqual(all.map(({ calls, pseudonym }) => `k:${calls} ${pseudonym}`));
    expect(owners).toHaveLength(23);
  });

  test('of a hundred callers and more the rest is one series, in which nobody is named', async () => {
    const users = Array.from({ length: 105 }, (_, at) => `many${at}`);
    await insertUsers(world(), users);
    const ref = await called(
      'popular',
      users.map((by, at) => ({ by, of: '1.0.0', times: at < 100 ? 2 : 1, ms: at < 100 ? 10 : 1000 })),
    );
    const args = `from: "${dayOf(3)}", to: "${dayOf(1)}", granularity: DAY, groupBy: CALLER`;
    const fields =
      'totals { calls callers } series { key isRest caller { handle } buckets { totals { calls callers bytesIn p50 } } }';
    for (const [type, named] of [
      ['version', `${ref}/1.0.0`],
      ['major', `${ref}/1`],
      ['algorithm', ref],
    ] as const) {
      const answer = await ann.graphql(`{ s: ${type}(ref: "${named}") { usage(${args}) { ${fields} } } }`);
      const series = answer.at('s.usage.series') as readonly { key: string; isRest: boolean }[];
      const nothing = { totals: { calls: 0, callers: 0, bytesIn: 0, p50: null } };
      expect({ totals: answer.at('s.usage.totals'), length: series.length, last: series.at(-1) }).toEqual({
        totals: { calls: 205, callers: 105 },
        length: 101,
        last: {
          key: 'other',
          isRest: true,
          caller: null,
          buckets: [
            nothing,
            { totals: { calls: 5, callers: 5, bytesIn: 15, p50: expect.closeTo(1000, -1.5) } },
          ],
        },
      });
      expect(answer.text).not.toMatch(/many\d/);
      expect(series.filter(({ isRest }) => isRest)).toHaveLength(1);
    }
  });
});

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { calls: number; pseudonym: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
