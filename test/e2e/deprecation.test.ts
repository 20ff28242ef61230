import type { IncomingHttpHeaders } from 'node:http';

import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import { entriesOf } from '../builders/tables';

/** Chapter 3, "Deprecating and withdrawing": what is deprecated goes on resolving, and says so. */

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

const SAID = 'deprecation { message replacement removalDate since migrationGuide }';

describeOnEachServer('deprecation', (world) => {
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    for (const name of ['ann', 'max', 'mia', 'otto']) clients[name] = await world().user(name);
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
    clients['anonymous'] = world().anonymous;
  });

  /** An algorithm with these public versions. */
  async function algorithm(ref: string, ...versions: string[]): Promise<void> {
    await world().algorithm(ref);
    for (const version of versions) await world().publish(ref, version);
  }
  const deprecate = (ref: string, range: string, message: string, more: object = {}): Promise<string> =>
    world().operator.attempt('deprecate', { algorithm: ref, range, message, ...more });
  const said = async (ref: string, by: Client = world().anonymous): Promise<unknown> =>
    (await by.graphql(`query ($ref: String!) { version(ref: $ref) { ${SAID} } }`, { ref })).at(
      'version.deprecation',
    );
  /** The messages in force of some versions. */
  const messages = (ref: string, ...versions: string[]): Promise<unknown[]> =>
    Promise.all(
      versions.map(
        async (version) => valueAt(await said(`${ref}/${version}`, world().operator), 'message') ?? null,
      ),
    );

  /** The headers that say it. */
  function notices({ deprecation, sunset, link }: IncomingHttpHeaders): object {
    return { deprecation, sunset, link };
  }
  const NONE = { deprecation: undefined, sunset: undefined, link: undefined };

  test('is told in the graph, in resolutions and with every call', async () => {
    await algorithm('acme/told', '1.0.0', '1.1.0');
    const removalDate = inDays(200);
    const more = { replacement: 'Acme/Told/1.1', migrationGuide: '# Move on', removalDate };
    expect(await deprecate('acme/told', '1.0.0', ' use 1.1 ', more)).toBe('OK');
    const found = await said('acme/told/1.0.0');
    const since = String(valueAt(found, 'since'));
    expect(found).toEqual({
      message: 'use 1.1',
      replacement: 'Acme/Told/1.1',
      removalDate,
      since,
      migrationGuide: '# Move on',
    });
    expect(Math.abs(Date.now() - Date.parse(since))).toBeLessThan(60_000);

    const headers = {
      deprecation: `@${Math.floor(Date.parse(since) / 1000)}`,
      sunset: new Date(removalDate).toUTCString(),
      link: '</v1/algo/Acme/Told/1.1>; rel="successor-version"',
    };
    for (const client of [world().anonymous, clients['otto']!, clients['ann']!]) {
      const resolved = await client.resolve('acme/told/~1.0');
      expect(resolved.json).toMatchObject({
        version: '1.0.0',
        deprecated: { message: 'use 1.1', replacement: 'Acme/Told/1.1', removal_date: removalDate, since },
      });
      expect(notices(resolved.headers)).toEqual(headers);
      const unchanged = await client.resolve('acme/told/~1.0', { 'If-None-Match': resolved.headers.etag });
      expect([unchanged.status, notices(unchanged.headers)]).toEqual([304, headers]);
    }
    for (const query of [undefined, 'output=raw', 'output=void']) {
      const called = await clients['otto']!.call('acme/told/1.0.0', 1, query === undefined ? {} : { query });
      expect([called.status, notices(called.headers)]).toEqual([200, headers]);
    }
    const { at } = await world().anonymous.graphql('{ resolve(reference: "acme/told/1.0.0") { warnings } }');
    expect(at('resolve.warnings')).toEqual([
      `acme/told/1.0.0 is deprecated: use 1.1; use Acme/Told/1.1 instead; it will be removed on ${removalDate.slice(0, 10)}.`,
    ]);

    const successor = await world().anonymous.resolve('acme/told');
    expect(successor.json).toMatchObject({ version: '1.1.0', deprecated: null });
    expect(notices(successor.headers)).toEqual(NONE);
    const called = await clients['otto']!.call('acme/told', 1);
    expect(notices(called.headers)).toEqual(NONE);
    expect(await said('acme/told/1.1.0')).toBeNull();
  });

  test('a kept answer says what was said with the first one', async () => {
    await algorithm('acme/kept', '1.0.0');
    const call = () => clients['otto']!.call('acme/kept', 1, { headers: { 'Idempotency-Key': 'once' } });
    expect(await deprecate('acme/kept', '1', 'old')).toBe('OK');
    const first = await call();
    expect(await deprecate('acme/kept', '1', '')).toBe('OK');
    const again = await call();
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.headers['deprecation']).toBe(first.headers['deprecation']);
    expect(first.headers['deprecation']).toMatch(/^@\d+$/);
    expect(notices((await clients['otto']!.call('acme/kept', 1)).headers)).toEqual(NONE);
  });

  test('the newest word on a version holds; an empty one takes it back; what is published later is in it', async () => {
    const ref = 'acme/words';
    await algorithm(ref, '1.0.0', '1.1.0', '2.0.0-rc.1');
    const all = ['1.0.0', '1.1.0', '2.0.0-rc.1'];
    for (const [range, message, expected] of [
      ['1', 'all of 1', ['all of 1', 'all of 1', null]],
      ['1.0', 'just 1.0', ['just 1.0', 'all of 1', null]],
      ['>=1.0.0 <3', 'releases', ['releases', 'releases', null]],
      ['2', 'two, prereleases too', ['releases', 'releases', 'two, prereleases too']],
      ['1.1.0', '', ['releases', null, 'two, prereleases too']],
      ['*', '', [null, null, 'two, prereleases too']],
      ['2.0.0-rc.1', '', [null, null, null]],
      ['[1.0,1.1)', 'by OSGi', ['by OSGi', null, null]],
    ] as const) {
      expect(await deprecate(ref, range, message)).toBe('OK');
      expect(await messages(ref, ...all)).toEqual(expected);
    }
    await world().publish(ref, '1.0.1');
    expect(await messages(ref, '1.0.1')).toEqual(['by OSGi']);
  });

  test('what is said again, or taken back where nothing was said, leaves nothing', async () => {
    await algorithm('acme/again', '1.0.0');
    const nothing = await entriesOf(world(), 'acme', () => deprecate('acme/again', '1', ''));
    expect(nothing).toEqual([]);
    const removalDate = inDays(300);
    const say = () => deprecate('acme/again', '1', 'old', { removalDate });
    expect(await entriesOf(world(), 'acme', say)).toHaveLength(1);
    const before = valueAt(await said('acme/again/1.0.0'), 'since');
    expect(await entriesOf(world(), 'acme', say)).toEqual([]);
    // reworded: the date stands, and it is not deprecated anew
    expect(await deprecate('acme/again', '1', 'old indeed', { removalDate })).toBe('OK');
    expect(await said('acme/again/1.0.0')).toMatchObject({ message: 'old indeed', since: before });
  });

  describe('is refused', () => {
    beforeAll(() => algorithm('acme/refused', '1.0.0'));

    test.each([
      ['a range without a version in it', { range: '2' }, 'range'],
      ['a version that is not there', { range: '1.0.1' }, 'range'],
      ['a channel', { range: 'stable' }, 'range'],
      ['nothing', { range: '' }, 'range'],
      ['a commit', { range: 'a'.repeat(40) }, 'range'],
      ['what is no range', { range: '>>1' }, 'range'],
      ['a replacement in words', { replacement: 'something newer' }, 'replacement'],
      ['a bare version as replacement', { replacement: '2.0.0' }, 'replacement'],
      ['a removal in the past', { removalDate: '2020-01-01T00:00:00Z' }, 'removalDate'],
      ['a removal sooner than the policy allows', { removalDate: inDays(179) }, 'removalDate'],
      ['taking back with a replacement', { message: '', replacement: 'acme/refused/2' }, 'replacement'],
      ['taking back with a date', { message: ' ', removalDate: inDays(400) }, 'removalDate'],
      ['a message without end', { message: 'x'.repeat(2001) }, 'message'],
    ])('%s', async (_what, wrong, field) => {
      const input = { algorithm: 'acme/refused', range: '1', message: 'old', ...wrong };
      const entries = await entriesOf(world(), 'acme', async () => {
        const { at } = await world().operator.mutation('deprecate', input, 'algorithm { ref }');
        expect(at('deprecate')).toMatchObject({
          algorithm: null,
          userErrors: [{ code: 'INVALID_INPUT', field: [field] }],
        });
      });
      expect(entries).toEqual([]);
    });

    test.each([
      ['anonymous', 'UNAUTHENTICATED'],
      ['otto', 'FORBIDDEN'],
      ['mia', 'FORBIDDEN'],
      ['max', 'OK'],
    ])('who may: %s: %s', async (who, outcome) => {
      const input = { algorithm: 'acme/refused', range: '1', message: 'old' };
      expect(await clients[who]!.attempt('deprecate', input)).toBe(outcome);
    });

    test('of what an outsider may not know of, as what is missing', async () => {
      await world().algorithm('acme/hidden');
      const input = { range: '1', message: 'old' };
      const [hidden, missing] = await Promise.all(
        ['acme/hidden', 'acme/hiddem'].map((ref) =>
          clients['otto']!.mutation('deprecate', { algorithm: ref, ...input }, ''),
        ),
      );
      expect(hidden!.at('deprecate.userErrors')).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect(hidden!.text.replace('hidden', 'hiddem')).toBe(missing!.text);
    });
  });

  test('none is said as such; no replacement is the same', async () => {
    await algorithm('acme/none', '1.0.0', '2.0.0');
    expect(await deprecate('acme/none', '1', 'old', { replacement: 'none' })).toBe('OK');
    expect(await deprecate('acme/none', '2', 'old')).toBe('OK');
    for (const version of ['1.0.0', '2.0.0']) {
      expect(await said(`acme/none/${version}`)).toMatchObject({ message: 'old', replacement: null });
      const { json, headers } = await world().anonymous.resolve(`acme/none/${version}`);
      expect(json).toMatchObject({ deprecated: { replacement: null, removal_date: null } });
      expect(headers['link']).toBeUndefined();
    }
  });

  test('a removal comes no sooner than the policy allows: by days, or by minors since it was deprecated', async () => {
    const ref = 'acme/removed';
    await algorithm(ref, '1.0.0');
    const soon = { removalDate: inDays(1) };
    expect(await deprecate(ref, '1.0', 'old')).toBe('OK');
    await world().publish(ref, '1.1.0');
    await world().publish(ref, '1.1.1');
    await world().publish(ref, '1.2.0-rc.1');
    expect(await deprecate(ref, '1.0', 'old', soon)).toBe('INVALID_INPUT');
    await world().publish(ref, '1.2.0');
    expect(await deprecate(ref, '1.0', 'old', soon)).toBe('OK');
    expect(await said(`${ref}/1.0.0`)).toMatchObject(soon);
    // 1.2 was not deprecated before: its time begins now
    expect(await deprecate(ref, '1', 'old', soon)).toBe('INVALID_INPUT');
    expect(await deprecate(ref, '1', 'old', { removalDate: inDays(181) })).toBe('OK');

    await algorithm('acme/hasty', '1.0.0');
    await world().operator.mutate('updateAlgorithm', {
      algorithm: 'acme/hasty',
      policies: { deprecationDays: 7 },
    });
    expect(await deprecate('acme/hasty', '1', 'old', { removalDate: inDays(6) })).toBe('INVALID_INPUT');
    expect(await deprecate('acme/hasty', '1', 'old', { removalDate: inDays(8) })).toBe('OK');
  });

  test('what covers nothing public is said in private, and told to those alone who see it', async () => {
    await algorithm('acme/quiet', '1.0.0');
    await world().publish('acme/quiet', '1.0.1', { visibility: 'PRIVATE' });
    const before = await world().anonymous.resolve('acme/quiet/1');
    const entry = (chain: string) => ({
      chain,
      action: 'algorithm.deprecated',
      subject: 'acme/quiet',
      actor: 'operator',
    });
    const privately = () => deprecate('acme/quiet', '1.0.1', 'a slip');
    expect(await entriesOf(world(), 'acme', privately)).toEqual([entry('private')]);
    const after = await world().anonymous.resolve('acme/quiet/1');
    expect([after.text, after.headers.etag]).toEqual([before.text, before.headers.etag]);
    expect(await said('acme/quiet/1.0.1', clients['mia'])).toMatchObject({ message: 'a slip' });
    expect(await said('acme/quiet/1.0.1')).toBeUndefined();
    const seen = await clients['mia']!.resolve('acme/quiet/1.0.1');
    expect(seen.json).toMatchObject({ deprecated: { message: 'a slip' } });
    const publicly = () => deprecate('acme/quiet', '1', 'all of it');
    expect(await entriesOf(world(), 'acme', publicly)).toEqual([entry('public')]);
  });

  test('what is yanked is said too; what was taken down says nothing of itself', async () => {
    await algorithm('acme/gone', '1.0.0', '1.1.0');
    await world().yank('acme/gone/1.0.0');
    expect(await deprecate('acme/gone', '1', 'old')).toBe('OK');
    const { at } = await world().anonymous.graphql(
      '{ resolve(reference: "acme/gone/1.0.0") { warnings } other: resolve(reference: "acme/gone") { warnings } }',
    );
    expect(at('resolve.warnings')).toEqual([
      'acme/gone/1.0.0 is deprecated: old; there is no replacement.',
      'acme/gone/1.0.0 was yanked: it is named by nothing but itself and its commit.',
    ]);
    expect(at('other.warnings')).toEqual(['acme/gone/1.1.0 is deprecated: old; there is no replacement.']);
    await world().operator.mutate('takeDownVersion', {
      version: 'acme/gone/1.0.0',
      reason: 'a court said so',
    });
    const { at: among } = await world().operator.graphql(
      `{ algorithm(ref: "acme/gone") { versions { nodes { version ${SAID} } } } }`,
    );
    expect(among('algorithm.versions.nodes')).toMatchObject([
      { version: '1.1.0', deprecation: { message: 'old' } },
      { version: '1.0.0', deprecation: null },
    ]);
  });

  test('another replica says it within a second', async () => {
    await algorithm('acme/far', '1.0.0');
    const replica = await world().replica();
    const there = world().anonymous.at(replica);
    expect((await there.resolve('acme/far')).json).toMatchObject({ deprecated: null });
    const began = Date.now();
    expect(await deprecate('acme/far', '1', 'old')).toBe('OK');
    while (valueAt((await there.resolve('acme/far')).json, 'deprecated') === null) {
      expect(Date.now() - began).toBeLessThan(1000);
    }
  });

  test('of thirty versions it costs as many queries as of three', async () => {
    await world().algorithm('acme/many');
    for (let at = 0; at < 30; at += 1) await world().publish('acme/many', `1.${at}.0`);
    for (let at = 0; at < 30; at += 1) {
      expect(await deprecate('acme/many', `1.${at}.0`, `old ${at}`, { migrationGuide: `guide ${at}` })).toBe(
        'OK',
      );
    }
    const { database } = world().server.app;
    await settle(database);
    const ask = (first: number) => async (): Promise<void> => {
      const { at } = await world().anonymous.graphql(
        `query ($first: Int!) { algorithm(ref: "acme/many") { versions(first: $first) { nodes { ${SAID} } } } }`,
        { first },
      );
      const guides = Array.from({ length: first }, (_, index) => ({
        deprecation: { migrationGuide: `guide ${29 - index}` },
      }));
      expect(at('algorithm.versions.nodes')).toMatchObject(guides);
    };
    await ask(30)();
    const [few, many] = [await statementsOf(database, ask(3)), await statementsOf(database, ask(30))];
    expect(many.length).toBe(few.length);
  });
});
