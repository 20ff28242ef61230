import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { Releases, SDL } from '../builders/releases';
import { entriesOf, ledgerOf, registryRows } from '../builders/tables';
import type { Published } from '../builders/world';

/** Chapter 3, "Gates and protection": a protected release waits for a second person. */

const { detect, added, removed } = SDL;
const PRIVATE = { visibility: 'PRIVATE' } as const;
const SELECTORS = [
  '',
  '/latest',
  '/1',
  '/1.1',
  '/1.1.0',
  '/*',
  '/^1.0.0',
  '/stable',
  '/edge',
  '/latestPrivate',
];

describeOnEachServer('protected releases', (world) => {
  let ann: Client;
  let bob: Client;
  let cat: Client;
  let max: Client;
  let mia: Client;
  let otto: Client;
  const releases = new Releases(world, 'acme', () => ann);

  beforeAll(async () => {
    for (const handle of ['ann', 'bob', 'cat', 'max', 'mia', 'otto']) await world().user(handle);
    await world().organization('acme', {
      admin: 'ann',
      members: { bob: 'ADMIN', cat: 'ADMIN', max: 'MAINTAINER', mia: 'MEMBER' },
    });
    [ann, bob, cat] = [await world().key('ann'), await world().key('bob'), await world().key('cat')];
    [max, mia, otto] = [await world().key('max'), await world().key('mia'), await world().key('otto')];
  });

  /** A protected algorithm with 1.0.0 public and 1.1.0, by max, waiting. */
  async function waiting(): Promise<Published> {
    const ref = await releases.algorithm(['1.0.0', detect]);
    await releases.policies(ref, { protectStable: 'MINOR' });
    return releases.publish(ref, '1.1.0', added, { by: max });
  }

  const algorithmOf = (version: string): string => version.split('/').slice(0, 2).join('/');

  async function standingOf(version: string, by = ann): Promise<unknown> {
    const fields = 'state visibility approval { approved by { handle } reason }';
    const answer = await by.graphql(`query ($v: String!) { version(ref: $v) { ${fields} } }`, { v: version });
    return answer.at('version') ?? answer.errors[0]?.code;
  }

  async function newestDetail(): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ detail: string }[]>(
      'SELECT change_json AS detail FROM ledger_entries ORDER BY at DESC LIMIT 1',
    );
    return JSON.parse(row!.detail) as unknown;
  }

  const approve = (version: string, by: Client) => by.attempt('approveVersion', { version });
  const reject = (version: string, by: Client, reason = 'too soon') =>
    by.attempt('rejectVersion', { version, reason });

  describe('which wait', () => {
    test.each([
      ['NONE', '2.0.0', 'PUBLISHED'],
      ['MAJOR', '2.0.0', 'PENDING_APPROVAL'],
      ['MAJOR', '1.1.0', 'PUBLISHED'],
      ['MINOR', '2.0.0', 'PENDING_APPROVAL'],
      ['MINOR', '1.1.0', 'PENDING_APPROVAL'],
      ['MINOR', '1.0.1', 'PUBLISHED'],
      ['EVERY', '1.0.1', 'PENDING_APPROVAL'],
      ['EVERY', '1.0.1-rc.1', 'PUBLISHED'],
      ['EVERY', '2.0.0-rc.1', 'PUBLISHED'],
    ])('by %s, %s is %s', async (protectStable, version, state) => {
      const ref = await releases.algorithm(['1.0.0']);
      await releases.policies(ref, { protectStable });
      expect(await releases.attempt(ref, undefined, { version })).toMatchObject({ version, state });
    });

    test('a first release opens a major; a private one does not wait', async () => {
      const ref = await releases.algorithm();
      await releases.policies(ref, { protectStable: 'MAJOR' });
      const permissions = { visibility: 'PUBLIC' };
      const first = { version: '0.1.0', permissions };
      expect(await releases.attempt(ref, undefined, first)).toMatchObject({ state: 'PENDING_APPROVAL' });
      const held = { version: '0.2.0', ...PRIVATE };
      expect(await releases.attempt(ref, undefined, held)).toMatchObject({ state: 'PUBLISHED' });
    });

    test('one that waits, was rejected, or is private opens no line for those after it', async () => {
      const ref = await releases.algorithm(['1.0.0']);
      await releases.policies(ref, { protectStable: 'MAJOR' });
      await releases.publish(ref, '2.0.0');
      const next = (version: string) => releases.attempt(ref, undefined, { version });
      expect(await next('2.0.1')).toMatchObject({ state: 'PENDING_APPROVAL' });
      expect(await reject(`${ref}/2.0.0`, bob)).toBe('OK');
      expect(await next('2.1.0')).toMatchObject({ state: 'PENDING_APPROVAL' });
      await releases.publish(ref, '3.0.0', undefined, PRIVATE);
      expect(await next('3.0.1')).toMatchObject({ state: 'PENDING_APPROVAL' });
      expect(await approve(`${ref}/2.1.0`, bob)).toBe('OK');
      expect(await next('2.1.1')).toMatchObject({ state: 'PUBLISHED' });
    });

    test('what waits goes on waiting when the protection is taken away', async () => {
      const pending = await waiting();
      await releases.policies(algorithmOf(pending.ref), { protectStable: 'NONE' });
      expect(await standingOf(pending.ref)).toMatchObject({ state: 'PENDING_APPROVAL' });
      expect(await approve(pending.ref, bob)).toBe('OK');
    });
  });

  describe('while it waits', () => {
    test('no selector names it, and its SHA is that of a build that is not published', async () => {
      const pending = await waiting();
      const algorithm = algorithmOf(pending.ref);
      for (const client of [ann, otto, world().anonymous]) {
        for (const selector of SELECTORS) {
          const { json } = await client.resolve(`${algorithm}${selector}`);
          expect(JSON.stringify(json)).not.toContain(pending.sha);
        }
      }
      expect((await mia.resolve(`${algorithm}/${pending.sha}`)).json).toMatchObject({ sha: pending.sha });
      expect((await otto.resolve(`${algorithm}/${pending.sha}`)).status).toBe(404);
      expect((await mia.call(`${algorithm}/1.1.0`)).status).toBe(404);
      expect((await mia.resolve(`${algorithm}/latest`)).json).toMatchObject({ version: '1.0.0' });
    });

    test('members see it; to all others it is what is not there', async () => {
      const { ref } = await waiting();
      const algorithm = algorithmOf(ref);
      await world().grant(`${algorithm}/1`, 'otto');
      const QUERY = `query ($ref: String!, $id: ID!, $algorithm: String!) {
        version(ref: $ref) { ref state } node(id: $id) { id }
        algorithm(ref: $algorithm) { versions { nodes { version state } } }
      }`;
      const ask = async (by: Client, version: string) => {
        const id = Buffer.from(`Version:${algorithm}/${version}`).toString('base64url');
        const { text } = await by.graphql(QUERY, { ref: `${algorithm}/${version}`, id, algorithm });
        return text.replaceAll(version, 'VERSION').replaceAll(id, 'ID');
      };
      expect(await ask(mia, '1.1.0')).toContain('PENDING_APPROVAL');
      for (const client of [otto, world().anonymous]) {
        expect(await ask(client, '1.1.0')).toBe(await ask(client, '1.9.0'));
        expect(await ask(client, '1.1.0')).not.toContain('PENDING');
      }
    });

    test('it lists no algorithm, and its entry is in the private chain', async () => {
      const ref = await releases.algorithm();
      await releases.policies(ref, { protectStable: 'EVERY' });
      const entries = await entriesOf(world(), 'acme', () => releases.publish(ref, '1.0.0', detect));
      expect(entries.at(-1)).toMatchObject({ chain: 'private', action: 'version.published' });
      expect(await newestDetail()).toMatchObject({
        state: 'PENDING_APPROVAL',
        visibility: 'PUBLIC',
        entered: [],
      });
      const seen = await world().anonymous.graphql(`{ algorithm(ref: "${ref}") { ref } }`);
      expect(seen.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect(await approve(`${ref}/1.0.0`, bob)).toBe('OK');
      const listed = await world().anonymous.graphql(
        `{ algorithm(ref: "${ref}") { ref latest { version } } }`,
      );
      expect(listed.data).toEqual({ algorithm: { ref, latest: { version: '1.0.0' } } });
    });

    test('its number is used, and the same publication again is answered with it', async () => {
      const { ref, sha } = await waiting();
      const algorithm = algorithmOf(ref);
      expect(await releases.attempt(algorithm, added, { version: '1.1.0' })).toMatchObject({
        code: 'VERSION_EXISTS',
      });
      expect(await releases.attemptBuild(algorithm, sha, { version: '1.1.0' })).toMatchObject({
        code: 'OK',
        state: 'PENDING_APPROVAL',
      });
      expect(await releases.attempt(algorithm, added, { bump: 'MINOR' })).toMatchObject({ version: '1.2.0' });
    });

    test('promoting does not get around it', async () => {
      const { ref } = await waiting();
      expect(await bob.attempt('promoteVersion', { version: ref })).toBe('APPROVAL_REQUIRED');
      const major = `${algorithmOf(ref)}/1`;
      expect(await bob.attempt('setMajorPermissions', { major, promoteExisting: true })).toBe('OK');
      expect(await standingOf(ref)).toMatchObject({ state: 'PENDING_APPROVAL' });
    });
  });

  describe('who decides', () => {
    test.each<[string, () => Client, string]>([
      ['nobody', () => world().anonymous, 'UNAUTHENTICATED'],
      ['an outsider', () => otto, 'NOT_FOUND'],
      ['a member', () => mia, 'FORBIDDEN'],
      ['a maintainer', () => max, 'FORBIDDEN'],
      ['the operator, who is no user', () => world().operator, 'FORBIDDEN'],
    ])('%s does not', async (_who, client, code) => {
      const { ref } = await waiting();
      const before = await registryRows(world());
      expect(await approve(ref, client())).toBe(code);
      expect(await reject(ref, client())).toBe(code);
      expect(await registryRows(world())).toEqual(before);
    });

    test('not its publisher, be it an admin', async () => {
      const ref = await releases.algorithm(['1.0.0']);
      await releases.policies(ref, { protectStable: 'EVERY' });
      await releases.publish(ref, '1.0.1', undefined, { by: ann });
      expect(await approve(`${ref}/1.0.1`, ann)).toBe('FORBIDDEN');
      expect(await reject(`${ref}/1.0.1`, await world().key('ann'))).toBe('FORBIDDEN');
      expect(await approve(`${ref}/1.0.1`, bob)).toBe('OK');
    });

    test('not who made the key that published it, and no key of the organisation', async () => {
      const ref = await releases.algorithm(['1.0.0']);
      await releases.policies(ref, { protectStable: 'EVERY' });
      const made = await ann.mutate('createApiKey', { owner: 'acme' }, 'secret');
      const robot = world().as((made as { secret: string }).secret);
      await releases.publish(ref, '1.0.1', undefined, { by: robot });
      expect(await approve(`${ref}/1.0.1`, ann)).toBe('FORBIDDEN');
      expect(await approve(`${ref}/1.0.1`, robot)).toBe('FORBIDDEN');
      expect(await approve(`${ref}/1.0.1`, await world().key('acme'))).toBe('FORBIDDEN');
      expect(await approve(`${ref}/1.0.1`, bob)).toBe('OK');
    });

    test('an admin whose key may no more than publish does not', async () => {
      const { ref } = await waiting();
      expect(await approve(ref, await world().key('bob', { scopes: ['publish'] }))).toBe('FORBIDDEN');
      expect(await approve(ref, await world().key('bob', { scopes: ['admin:acme/*'] }))).toBe('OK');
    });
  });

  describe('a decision', () => {
    test('approved, it is published: public, in its selectors, in stable, in the public chain', async () => {
      const { ref, sha, version } = await waiting();
      const entries = await entriesOf(world(), 'acme', async () => {
        expect(await bob.mutate('approveVersion', { version: ref }, 'version { ref state }')).toEqual({
          version: { ref, state: 'PUBLISHED' },
          userErrors: [],
        });
      });
      expect(entries).toMatchObject([{ chain: 'public', action: 'version.approved', subject: ref }]);
      expect(await newestDetail()).toEqual({ version, sha, visibility: 'PUBLIC', entered: ['stable'] });
      for (const selector of ['', '/1', '/1.1.0', '/stable', '/edge']) {
        const { json } = await world().anonymous.resolve(`${algorithmOf(ref)}${selector}`);
        expect(json).toMatchObject({ version: '1.1.0', sha });
      }
      const approval = { approved: true, by: { handle: 'bob' }, reason: null };
      expect(await standingOf(ref)).toEqual({ state: 'PUBLISHED', visibility: 'PUBLIC', approval });
      expect(await standingOf(ref, otto)).toMatchObject({ approval: null });
    });

    test('as of before, what was named before is named still', async () => {
      const { ref } = await waiting();
      const reference = `${algorithmOf(ref)}/1`;
      const ask = async (position?: string) => {
        const query =
          'query ($r: String!, $a: AsOf) { resolve(reference: $r, asOf: $a) { canonical position } }';
        const answer = await otto.graphql(query, {
          r: reference,
          ...(position !== undefined && { a: { position } }),
        });
        return answer.at('resolve') as { canonical: string; position: string };
      };
      const before = await ask();
      expect(await approve(ref, bob)).toBe('OK');
      const after = await ask();
      expect([before.canonical, after.canonical]).toEqual([`${algorithmOf(ref)}/1.0.0`, ref]);
      expect([await ask(before.position), await ask(after.position)]).toEqual([before, after]);
    });

    test('rejected, it stays out for ever, and its number and build stay used', async () => {
      const { ref, sha } = await waiting();
      const algorithm = algorithmOf(ref);
      const entries = await entriesOf(world(), 'acme', async () => {
        expect(
          await bob.mutate('rejectVersion', { version: ref, reason: ' no ' }, 'version { state }'),
        ).toEqual({
          version: { state: 'REJECTED' },
          userErrors: [],
        });
      });
      expect(entries).toMatchObject([{ chain: 'private', action: 'version.rejected', subject: ref }]);
      expect(await newestDetail()).toEqual({ version: '1.1.0', reason: 'no' });
      const approval = { approved: false, by: { handle: 'bob' }, reason: 'no' };
      expect(await standingOf(ref)).toEqual({ state: 'REJECTED', visibility: 'PUBLIC', approval });
      expect(await standingOf(ref, otto)).toBe('NOT_FOUND');
      expect((await mia.resolve(`${algorithm}/1.1.0`)).status).toBe(404);
      expect((await mia.resolve(`${algorithm}/edge`)).json).toMatchObject({ version: '1.0.0' });
      expect(await releases.attempt(algorithm, added, { version: '1.1.0' })).toMatchObject({
        code: 'VERSION_EXISTS',
      });
      expect(await releases.attemptBuild(algorithm, sha, { version: '1.2.0' })).toMatchObject({
        code: 'BUILD_ALREADY_PUBLISHED',
      });
      expect(await bob.attempt('promoteVersion', { version: ref })).toBe('INVALID_INPUT');
    });

    test('is made once: the same again changes nothing, any other is refused', async () => {
      const approved = await waiting();
      const rejected = await waiting();
      await bob.mutate('approveVersion', { version: approved.ref });
      await bob.mutate('rejectVersion', { version: rejected.ref, reason: 'no' });
      const before = await registryRows(world());
      expect([
        await approve(approved.ref, bob),
        await approve(approved.ref, cat),
        await reject(approved.ref, bob),
        await reject(rejected.ref, bob, 'no'),
        await reject(rejected.ref, bob, 'another'),
        await reject(rejected.ref, cat, 'no'),
        await approve(rejected.ref, bob),
      ]).toEqual([
        'OK',
        'INVALID_INPUT',
        'INVALID_INPUT',
        'OK',
        'INVALID_INPUT',
        'INVALID_INPUT',
        'INVALID_INPUT',
      ]);
      expect(await registryRows(world())).toEqual(before);
    });

    test.each([
      ['a release that did not wait', '1.0.0', undefined],
      ['a prerelease', '2.0.0-rc.1', PRIVATE],
      ['a private release that is not protected', '1.0.1', PRIVATE],
    ])('%s has none', async (_what, version, spec) => {
      const ref = await releases.algorithm(['0.9.0'], ['1.0.0']);
      await releases.policies(ref, { protectStable: 'MINOR' });
      if (version !== '1.0.0') await releases.publish(ref, version, undefined, spec);
      expect(await approve(`${ref}/${version}`, bob)).toBe('INVALID_INPUT');
      expect(await reject(`${ref}/${version}`, bob)).toBe('INVALID_INPUT');
    });

    test('a rejection has a reason', async () => {
      const { ref } = await waiting();
      expect(await reject(ref, bob, '  ')).toBe('INVALID_INPUT');
      expect(await reject(ref, bob, 'x'.repeat(1001))).toBe('INVALID_INPUT');
      expect(await standingOf(ref)).toMatchObject({ state: 'PENDING_APPROVAL' });
    });

    test('is for what is not yanked: what becomes public is told from there on', async () => {
      const { ref } = await waiting();
      await world().yank(ref);
      expect(await approve(ref, bob)).toBe('INVALID_INPUT');
      await world().operator.mutate('unyankVersion', { version: ref });
      expect(await approve(ref, bob)).toBe('OK');
      expect((await otto.resolve(`${algorithmOf(ref)}/1`)).json).toMatchObject({ version: '1.1.0' });
    });

    test('compares the interface anew, with what became public meanwhile', async () => {
      const { ref } = await waiting();
      const algorithm = algorithmOf(ref);
      // compared with 1.0.0, it lacks nothing; 1.1.0 has one function more
      await releases.publish(algorithm, '1.2.0', detect, { by: max });
      expect(await releases.reportOf(`${algorithm}/1.2.0`)).toMatchObject({ changes: [] });
      expect(await approve(ref, bob)).toBe('OK');
      expect(await approve(`${algorithm}/1.2.0`, bob)).toBe('BUMP_TOO_SMALL');
      await releases.policies(algorithm, { interface: 'WARN' });
      expect(await approve(`${algorithm}/1.2.0`, bob)).toBe('OK');
      expect(await releases.reportOf(`${algorithm}/1.2.0`, otto)).toMatchObject({
        severity: 'BREAKING',
        changes: [{ path: 'Query.train' }],
      });
    });

    test('of 20 at once, by two people on two replicas, exactly one holds', async () => {
      const replica = await world().replica();
      for (let round = 0; round < 3; round += 1) {
        const { ref } = await waiting();
        const before = (await ledgerOf(world(), 'acme')).length;
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, async (_, at) => {
            const client = at % 2 === 0 ? bob : cat.at(replica);
            const decided = at % 4 < 2 ? approve(ref, client) : reject(ref, client, `reason ${at}`);
            return [at % 4 < 2 ? `approved by ${at % 2}` : `rejected ${at}`, await decided] as const;
          }),
        );
        const made = (await ledgerOf(world(), 'acme')).slice(before);
        expect(made).toHaveLength(1);
        // who approved may say so again and be answered the same
        expect(new Set(outcomes.filter(([, code]) => code === 'OK').map(([what]) => what)).size).toBe(1);
        expect(new Set(outcomes.map(([, code]) => code))).toEqual(new Set(['OK', 'INVALID_INPUT']));
        const state = made[0]!.action === 'version.approved' ? 'PUBLISHED' : 'REJECTED';
        expect(await standingOf(ref)).toMatchObject({ state });
      }
    });
  });

  describe('published in private first', () => {
    test('it is promoted only after somebody else approved it', async () => {
      const ref = await releases.algorithm(['1.0.0', detect]);
      await releases.policies(ref, { protectStable: 'MINOR' });
      const { ref: version, sha } = await releases.publish(ref, '1.1.0', added, { by: ann, ...PRIVATE });
      const promote = () => bob.attempt('promoteVersion', { version });
      const before = await registryRows(world());
      expect(await promote()).toBe('APPROVAL_REQUIRED');
      expect(await approve(version, ann)).toBe('FORBIDDEN');
      expect(await registryRows(world())).toEqual(before);
      const entries = await entriesOf(world(), 'acme', () => approve(version, bob));
      expect(entries).toMatchObject([{ chain: 'private', action: 'version.approved' }]);
      expect(await newestDetail()).toEqual({ version: '1.1.0', sha, visibility: 'PRIVATE', entered: [] });
      expect(await standingOf(version)).toMatchObject({ state: 'PUBLISHED', visibility: 'PRIVATE' });
      expect((await otto.resolve(version)).status).toBe(404);
      expect(await promote()).toBe('OK');
      expect((await otto.resolve(`${ref}/stable`)).json).toMatchObject({ version: '1.1.0' });
    });

    test('it is judged as of its promotion', async () => {
      const ref = await releases.algorithm(['1.0.0']);
      await releases.publish(ref, '1.1.0', undefined, PRIVATE);
      await releases.publish(ref, '1.1.1', undefined, PRIVATE);
      await releases.policies(ref, { protectStable: 'MINOR' });
      const promote = (version: string) => bob.attempt('promoteVersion', { version: `${ref}/${version}` });
      expect(await promote('1.1.1')).toBe('APPROVAL_REQUIRED');
      await bob.mutate('approveVersion', { version: `${ref}/1.1.0` });
      expect(await promote('1.1.0')).toBe('OK');
      expect(await promote('1.1.1')).toBe('OK');
    });

    test('the versions of a major are promoted together when all that must be are approved', async () => {
      const permissions = { visibility: 'PRIVATE' };
      const ref = await releases.algorithm(
        ['1.0.0', detect, { permissions }],
        ['1.0.1', detect],
        ['1.1.0', added],
      );
      await releases.policies(ref, { protectStable: 'MINOR' });
      const input = { major: `${ref}/1`, visibility: 'PUBLIC', promoteExisting: true };
      const before = await registryRows(world());
      const refused = await bob.mutation('setMajorPermissions', input, '');
      expect(refused.at('setMajorPermissions.userErrors')).toEqual([
        {
          code: 'APPROVAL_REQUIRED',
          message: 'versions 1.0.0, 1.1.0 are protected, and nobody else has approved them yet',
          field: ['promoteExisting'],
        },
      ]);
      expect(await registryRows(world())).toEqual(before);
      await bob.mutate('approveVersion', { version: `${ref}/1.0.0` });
      const one = await bob.mutation('setMajorPermissions', input, '');
      expect(one.at('setMajorPermissions.userErrors.0.message')).toBe(
        'version 1.1.0 is protected, and nobody else has approved it yet',
      );
      await bob.mutate('approveVersion', { version: `${ref}/1.1.0` });
      expect(await bob.attempt('setMajorPermissions', input)).toBe('OK');
      expect((await otto.resolve(`${ref}/stable`)).json).toMatchObject({ version: '1.1.0' });
    });
  });

  test('a report under protection is refused as ever: BUMP_TOO_SMALL', async () => {
    const ref = await releases.algorithm(['1.0.0', detect]);
    await releases.policies(ref, { protectStable: 'EVERY' });
    expect(await releases.attempt(ref, removed, { version: '1.1.0' })).toMatchObject({
      code: 'BUMP_TOO_SMALL',
    });
  });
});
