import { type Answer, type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import { shaOf } from '../builders/world';

/** Chapter 1, "As of": who may see what was, what is refused, and that outsiders learn nothing by it. */

const RESOLVE = `query ($reference: String!, $asOf: AsOf) {
  resolve(reference: $reference, asOf: $asOf) { canonical position version { ref releaseNotes } build { sha } } }`;

/** Everything of an answer but what differs between any two. */
function plain({ status, headers, text }: Answer): unknown {
  const { date: _date, 'x-request-id': _id, 'keep-alive': _alive, ...others } = headers;
  // how much of its own budget a caller has left
  const { ratelimit: _left, 'ratelimit-policy': _policy, ...rest } = others;
  return { status, headers: rest, text };
}

describeOnEachServer('as of a past moment', (world) => {
  let ann: Client;
  let mia: Client;
  let gus: Client;
  let otto: Client;
  let n = 0;

  beforeAll(async () => {
    [ann, mia, gus, otto] = [
      await world().user('ann'),
      await world().user('mia'),
      await world().user('gus'),
      await world().user('otto'),
    ];
  });

  /** An organisation of its own for each test: its positions are counted in it. */
  async function fresh(...versions: readonly string[]): Promise<string> {
    n += 1;
    await world().organization(`Org${n}`, { admin: 'ann', members: { mia: 'MEMBER' } });
    await world().algorithm(`Org${n}/Detect`);
    for (const version of versions) await world().publish(`Org${n}/Detect`, version);
    return `Org${n}/Detect`;
  }

  const past = (client: Client, reference: string, moment: string): Promise<Answer> =>
    client.http(`/v1/resolve/${encodeURI(reference)}?asOf=${encodeURIComponent(moment)}`);

  /** The canonical form and the position, or the code of the refusal. */
  async function named(client: Client, reference: string, moment: string): Promise<unknown> {
    const { json } = await past(client, reference, moment);
    const code = valueAt(json, 'error.code');
    return code ?? `${String(valueAt(json, 'canonical'))} at ${String(valueAt(json, 'position'))}`;
  }

  /** Where both chains of an algorithm's owner stand: of a build that is not published, to the operator. */
  async function standing(ref: string): Promise<{ n: number; m: number; at: (more?: number) => string }> {
    const sha = await world().build(ref);
    const { json } = await world().operator.resolve(`${ref}/${sha}`);
    const [, owner = '', seen, hidden] = /^(.+)@(\d+)\+(\d+)$/.exec(String(valueAt(json, 'position'))) ?? [];
    const [observable, m] = [Number(seen), Number(hidden)];
    return { n: observable, m, at: (more = 0) => `${owner}@${observable}+${m + more}` };
  }

  test('the worked example stays as it was, for a member and for an outsider, whatever comes later', async () => {
    const ref = await fresh('1.0.1');
    await world().publish(ref, '1.0.2', { visibility: 'PRIVATE' });
    const live = await otto.resolve(`${ref}/1.0`);
    const position = String(valueAt(live.json, 'position'));
    await ann.mutate('promoteVersion', { version: `${ref}/1.0.2` });
    await world().publish(ref, '1.0.3');
    await world().yank(`${ref}/1.0.1`);
    for (const client of [mia, otto, world().anonymous]) {
      expect(await named(client, `${ref}/1.0`, position)).toBe(`${ref}/1.0.1 at ${position}`);
      expect(valueAt((await client.resolve(`${ref}/1.0`)).json, 'version')).toBe('1.0.3');
    }
    expect(plain(await past(otto, `${ref}/1.0`, position))).toEqual(plain(live));
  });

  test('what is the same for all is cached as a live answer is, and what is private never', async () => {
    const ref = await fresh('1.0.0');
    await world().publish(ref, '1.1.0', { visibility: 'PRIVATE' });
    const { at } = await standing(ref);
    const observable = await past(otto, ref, at());
    expect(observable).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'public, max-age=1', vary: 'Authorization' },
    });
    const hidden = await past(mia, `${ref}/1.1.0`, at());
    expect(hidden).toMatchObject({ status: 200, headers: { 'cache-control': 'private, no-store' } });
    const { etag } = observable.headers;
    const again = await otto.http(`/v1/resolve/${ref}?asOf=${at()}`, { headers: { 'If-None-Match': etag } });
    // the plus of a position may stand in a URL as it is
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  test('a replica that has not heard of a position yet answers as of it', async () => {
    const ref = await fresh('1.0.0');
    const replica = await world().replica();
    for (const client of [otto, mia]) await client.at(replica).resolve(`${ref}/1`);
    for (const version of ['1.0.1', '1.0.2', '1.0.3']) {
      await world().publish(ref, version);
      const position = String(valueAt((await otto.resolve(`${ref}/1`)).json, 'position'));
      expect(await named(otto.at(replica), `${ref}/1`, position)).toBe(`${ref}/${version} at ${position}`);
    }
  });

  test('who may see what was is decided by the roles and grants of today', async () => {
    const ref = await fresh('1.0.0');
    const [owner = ''] = ref.split('/');
    await world().publish(ref, '1.1.0', { visibility: 'PRIVATE' });
    const { at } = await standing(ref);
    const moment = at();
    const full = `${ref}/1.1.0`;
    const seen = `${full} at ${moment}`;
    const ask = async (): Promise<unknown[]> =>
      Promise.all([mia, gus, otto].map((client) => named(client, full, moment)));
    expect(await ask()).toEqual([seen, 'NOT_FOUND', 'NOT_FOUND']);
    await world().grant(`${ref}/1`, 'gus');
    expect(await ask()).toEqual([seen, seen, 'NOT_FOUND']);
    await ann.mutate('removeMember', { organization: owner, user: 'mia' });
    expect(await ask()).toEqual(['NOT_FOUND', seen, 'NOT_FOUND']);
    await ann.mutate('revokeMajorAccess', { major: `${ref}/1`, grantee: 'gus' });
    await ann.mutate('setMember', { organization: owner, user: 'otto', role: 'MEMBER' });
    expect(await ask()).toEqual(['NOT_FOUND', 'NOT_FOUND', seen]);
    const latest = await Promise.all(
      [mia, gus, otto].map((client) => named(client, `${ref}/latestPrivate`, moment)),
    );
    expect(latest).toEqual(['NOT_FOUND', 'NOT_FOUND', seen]);
  });

  test('a takedown: what it named is still named as of then, its content is not', async () => {
    const ref = await fresh('1.0.0');
    const { sha } = await world().publish(ref, '1.1.0', { releaseNotes: 'notes' });
    const { at, n: observable } = await standing(ref);
    const before = at();
    const canonical = `${ref}/1.1.0 at ${ref.split('/')[0]}@${observable}`;
    await world().operator.mutate('takeDownVersion', { version: `${ref}/1.1.0`, reason: 'a test' });
    const after = (await standing(ref)).at();
    for (const client of [otto, mia, world().anonymous]) {
      for (const selector of ['/1', '', '/stable', '/1.1.0', `/${sha}`]) {
        expect(await named(client, `${ref}${selector}`, before)).toBe(canonical);
      }
      expect(await named(client, `${ref}/1.1.0`, after)).toBe('GONE');
      expect(await named(client, `${ref}/${sha}`, after)).toBe('GONE');
      expect(await named(client, `${ref}/1`, after)).toMatch(`${ref}/1.0.0 at `);
      const asOf = { position: before };
      const answer = await client.graphql(RESOLVE, { reference: `${ref}/1.1.0`, asOf });
      expect(answer.json).toEqual({
        data: {
          resolve: {
            canonical: `${ref}/1.1.0`,
            position: `${ref.split('/')[0]}@${observable}`,
            version: { ref: `${ref}/1.1.0`, releaseNotes: null },
            build: { sha },
          },
        },
      });
    }
  });

  test('what was private then is for the eyes of those who see what is private, also where it is public now', async () => {
    const ref = await fresh('1.0.0');
    const { sha } = await world().publish(ref, '1.1.0', { visibility: 'PRIVATE' });
    const { at } = await standing(ref);
    const moment = at();
    await ann.mutate('promoteVersion', { version: `${ref}/1.1.0` });
    const later = (await standing(ref)).at();
    for (const reference of [`${ref}/1.1.0`, `${ref}/${sha}`]) {
      expect(await named(otto, reference, moment)).toBe('NOT_FOUND');
      expect(await named(mia, reference, moment)).toBe(`${ref}/1.1.0 at ${moment}`);
      expect(await named(otto, reference, later)).toBe(`${ref}/1.1.0 at ${later.replace(/\+.*/, '')}`);
    }
    expect(await named(otto, `${ref}/latestPrivate`, moment)).toBe('NOT_FOUND');
    expect(await named(mia, `${ref}/latestPrivate`, moment)).toBe(`${ref}/1.1.0 at ${moment}`);
    expect(await named(mia, `${ref}/latestPrivate`, later)).toBe('NOT_FOUND');
  });

  test('how far the private chain has come is told to members alone', async () => {
    const ref = await fresh('1.0.0');
    await world().publish(ref, '1.1.0', { visibility: 'PRIVATE' });
    const { at, m } = await standing(ref);
    const moments = [
      ...Array.from({ length: m + 3 }, (_, more) => at(more - m)),
      at(99_999),
      at(1_000_000_000),
    ];
    for (const selector of ['/1.1.0', '/latestPrivate', `/${shaOf('nothing')}`, '/9.9.9', '', '/1.0.0']) {
      const answers = await Promise.all(moments.map((moment) => past(otto, `${ref}${selector}`, moment)));
      expect(new Set(answers.map((answer) => JSON.stringify(plain(answer)))).size).toBe(1);
    }
    const beyond = await past(mia, `${ref}/1.1.0`, at(1));
    expect([beyond.status, beyond.json]).toEqual([
      400,
      { error: { code: 'INVALID_INPUT', message: `asOf is beyond the ledger of ${ref.split('/')[0]}` } },
    ]);
    expect(await named(mia, `${ref}/latestPrivate`, at(1))).toBe('INVALID_INPUT');
    expect(await named(world().operator, `${ref}/9.9.9`, at(1))).toBe('INVALID_INPUT');
    // a key that may not resolve there learns as little as an outsider
    const elsewhere = await world().key('mia', { scopes: ['call:other/*'] });
    expect(await named(elsewhere, `${ref}/1.1.0`, at(1))).toBe('NOT_FOUND');
    expect(await named(mia, `${ref}/1.0.0`, at(1))).toBe(`${ref}/1.0.0 at ${at().replace(/\+.*/, '')}`);
  });

  test('a hidden algorithm and a missing one: the same bytes, and as many queries, cold and warm', async () => {
    const ref = await fresh();
    const [owner = ''] = ref.split('/');
    const selectors = ['', '/1', '/1.0.0', '/latestPrivate', `/${shaOf('nothing')}`];
    const columns = [0, 1, 2, 3, 4, 5, 6];
    for (const name of selectors.flatMap((_, row) => columns.map((column) => `H${row}${column}`))) {
      await world().algorithm(`${owner}/${name}`);
      await world().publish(`${owner}/${name}`, '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    }
    const { n: observable, m } = await standing(ref);
    const moments = [
      ...[
        `${owner}@0`,
        `${owner}@${observable}`,
        `${owner}@${observable}+${m}`,
        `${owner}@${observable}+9999`,
      ],
      ...[`${owner}@9999`, '2020-01-01T00:00:00Z', new Date().toISOString()],
    ];
    const replica = await world().replica();
    await settle(replica.app.database);
    // who asks, and that there is the owner, is known beforehand
    await otto.at(replica).resolve(`${owner}/Another`);
    const ask = async (reference: string, moment: string): Promise<object> => {
      let answer: Answer | null = null;
      const statements = await statementsOf(replica.app.database, async () => {
        answer = await past(otto.at(replica), reference, moment);
      });
      const text = JSON.stringify(plain(answer!)).replaceAll(/\b[HM]\d\d\b/g, 'NAME');
      return { moment, text, statements: statements.length };
    };
    for (const [row, selector] of selectors.entries()) {
      for (const [column, moment] of moments.entries()) {
        for (const pass of ['cold', 'warm']) {
          const [there, missing] = [`${owner}/H${row}${column}`, `${owner}/M${row}${column}`];
          const found = await ask(`${there}${selector}`, moment);
          expect({ pass, ...(await ask(`${missing}${selector}`, moment)) }).toEqual({ pass, ...found });
        }
      }
    }
    const known = await ask(`${owner}/H00`, `${owner}@${observable}`);
    expect(known).toMatchObject({ statements: 0 });
  });

  test.each([
    ['', 'is neither a time'],
    ['yesterday', 'is neither a time'],
    ['2026-02-30T00:00:00Z', 'is neither a time'],
    ['@5', 'is not a position'],
    ['ORG@', 'is not a position'],
    ['ORG@1+', 'is not a position'],
    ['ORG@1,', 'is not a position'],
    ['ORG@1,org@2', 'names'],
    ['someone@1', 'asOf has no position of'],
    ['ORG@9999', 'asOf is beyond the ledger of'],
    ['ORG@999999999999999+1', 'asOf is beyond the ledger of'],
    ['2999-01-01T00:00:00Z', 'asOf is in the future'],
  ])('asOf=%s is INVALID_INPUT, whoever asks, and for nobody too', async (moment, message) => {
    const ref = await fresh('1.0.0');
    const [org = ''] = ref.split('/');
    for (const owner of [org, 'nobody']) {
      for (const selector of ['', '/1.0.0', '/latestPrivate']) {
        for (const client of [mia, world().anonymous]) {
          const written = moment.replaceAll('ORG', owner).replaceAll('org', owner.toLowerCase());
          const answer = await past(client, `${owner}/Detect${selector}`, written);
          expect([answer.status, valueAt(answer.json, 'error.code')]).toEqual([400, 'INVALID_INPUT']);
          expect(valueAt(answer.json, 'error.message')).toContain(message);
          expect(answer.headers['cache-control']).toBe('private, no-store');
        }
      }
    }
  });

  test('a moment is given once, in an escape that is one', async () => {
    const ref = await fresh('1.0.0');
    const [owner = ''] = ref.split('/');
    const twice = await otto.http(`/v1/resolve/${ref}?asOf=${owner}@1&asOf=${owner}@1`);
    expect([twice.status, twice.json]).toEqual([
      400,
      { error: { code: 'INVALID_INPUT', message: 'asOf is given more than once' } },
    ]);
    const escape = await otto.http(`/v1/resolve/${ref}?asOf=%zz`);
    expect([escape.status, escape.json]).toEqual([
      400,
      { error: { code: 'INVALID_INPUT', message: 'asOf has a malformed percent escape' } },
    ]);
    // others are nobody's business
    expect((await otto.http(`/v1/resolve/${ref}?asOff=1&x`)).status).toBe(200);
  });

  test('in the graph it is exactly one of both', async () => {
    const ref = await fresh('1.0.0');
    const [owner = ''] = ref.split('/');
    const time = new Date(Date.now() - 1).toISOString();
    const ask = async (asOf: object | null) => otto.graphql(RESOLVE, { reference: `${ref}/1`, asOf });
    const ref1 = `${ref}/1.0.0`;
    for (const asOf of [
      { time },
      { position: (await standing(ref)).at() },
      { position: `${owner}@${(await standing(ref)).n},other@9` },
      null,
    ]) {
      expect({ asOf, canonical: (await ask(asOf)).at('resolve.canonical') }).toEqual({
        asOf,
        canonical: ref1,
      });
    }
    for (const asOf of [{}, { time: null }, { time, position: `${owner}@1` }, { time, position: null }]) {
      const { data, errors } = await ask(asOf);
      expect({ asOf, data: data ?? null, refused: errors.length }).toEqual({ asOf, data: null, refused: 1 });
    }
    for (const [asOf, message] of [
      [{ time: '2999-01-01T00:00:00Z' }, 'asOf is in the future'],
      [{ position: 'nonsense' }, '"nonsense" is not a position such as owner@12'],
      [{ position: `${owner}@99` }, `asOf is beyond the ledger of ${owner}`],
      [{ position: 'other@1' }, `asOf has no position of ${owner}`],
    ] as const) {
      const { json } = await ask(asOf);
      expect(json).toMatchObject({
        data: { resolve: null },
        errors: [{ message, path: ['resolve'], extensions: { code: 'INVALID_INPUT' } }],
      });
    }
  });
});
