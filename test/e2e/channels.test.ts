import { AlgorithmRow, ChannelRow, VersionRow } from '../../entities';
import {
  algorithmWith,
  channelsOf,
  move,
  type Moved,
  namedBy,
  rollback,
  servedBy,
} from '../builders/channels';
import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';
import { entriesOf, registryRows } from '../builders/tables';

/** Chapter 3, "Channels", and what of yanking has to do with them. */

describeOnEachServer('channels', (world) => {
  let ann: Client;
  let max: Client;
  let mia: Client;
  let otto: Client;
  let n = 0;

  beforeAll(async () => {
    [ann, max, mia, otto] = [
      await world().user('ann'),
      await world().user('max'),
      await world().user('mia'),
      await world().user('otto'),
    ];
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
  });

  /** An algorithm of its own for each test. */
  const fresh = (...versions: string[]): Promise<string> => {
    n += 1;
    return algorithmWith(world(), `c${n}`, versions);
  };

  /** Refused with this code, and nothing changed. */
  async function expectRefused(attempt: () => Promise<Moved>): Promise<Moved> {
    const before = await registryRows(world());
    const answer = await attempt();
    expect(answer.code).not.toBe('OK');
    expect(await registryRows(world())).toEqual(before);
    return answer;
  }

  test('edge and stable are computed, and follow what is published and yanked', async () => {
    const ref = await fresh('1.0.0', '1.1.0-rc.1');
    expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.1.0-rc.1', 'stable*': '1.0.0' });
    await world().publish(ref, '1.1.0');
    await world().publish(ref, '1.2.0', { visibility: 'PRIVATE' });
    expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.1.0', 'stable*': '1.1.0' });
    await world().yank(`${ref}/1.1.0`);
    expect(await channelsOf(ann, ref)).toEqual({ 'edge*': '1.1.0-rc.1', 'stable*': '1.0.0' });
    expect([await namedBy(otto, `${ref}/edge`), await servedBy(otto, `${ref}/stable`)]).toEqual([
      '1.1.0-rc.1',
      '1.0.0',
    ]);
  });

  test('a channel that is moved names the same for everybody, and on another replica within a second', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    const replica = await world().replica();
    const everybody = [ann, max, mia, otto, world().operator];
    const all = async (ask: (client: Client) => Promise<string>): Promise<string[]> => [
      ...new Set(await Promise.all(everybody.map(ask))),
    ];
    expect(await all((client) => namedBy(client, `${ref}/canary`))).toEqual(['NOT_FOUND']);
    expect(await namedBy(otto.at(replica), `${ref}/canary`)).toBe('NOT_FOUND');
    for (const step of [
      [null, '1.1.0'],
      ['1.1.0', '1.0.0'],
    ] as const) {
      expect(await move(max, ref, 'canary', step)).toMatchObject({ code: 'OK', version: step[1] });
      expect(await all((client) => namedBy(client, `${ref}/canary`))).toEqual([step[1]]);
      expect(await all((client) => servedBy(client, `${ref}/canary`))).toEqual([step[1]]);
      expect(await namedBy(world().anonymous, `${ref}/canary`)).toBe(step[1]);
      await expectSoon(() => namedBy(otto.at(replica), `${ref}/canary`), step[1]);
      expect(await servedBy(mia.at(replica), `${ref}/canary`)).toBe(step[1]);
    }
    expect(await channelsOf(otto, ref)).toEqual({ canary: '1.0.0', 'edge*': '1.1.0', 'stable*': '1.1.0' });
  });

  test('a move says what its mover believes, and is refused where another got there first', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    expect(await expectRefused(() => move(ann, ref, 'canary', ['1.0.0', '1.1.0']))).toEqual({
      version: null,
      code: 'CHANNEL_MOVED',
      message: 'channel canary points nowhere now, and not to 1.0.0',
      field: ['expected'],
    });
    await move(ann, ref, 'canary', [null, '1.0.0']);
    for (const expected of [null, '1.1.0', '9.9.9']) {
      expect(await expectRefused(() => move(ann, ref, 'canary', [expected, '1.1.0']))).toMatchObject({
        code: 'CHANNEL_MOVED',
        message: `channel canary points to 1.0.0 now, and not ${expected === null ? 'nowhere' : `to ${expected}`}`,
      });
    }
    expect(await move(ann, ref, 'canary', [`${ref}/1.0.0`, `ACME/${ref.slice(5)}/1.1.0`])).toMatchObject({
      code: 'OK',
      version: '1.1.0',
    });
    expect(await entriesOf(world(), 'acme', () => move(ann, ref, 'canary', ['1.1.0', '1.1.0']))).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string, string[]]>([
    ['the channel that is always computed', { channel: 'edge' }, 'edge is computed', ['channel']],
    ['latest', { channel: 'latest' }, 'a channel name is', ['channel']],
    ['what reads as a range', { channel: 'v1' }, 'a channel name is', ['channel']],
    ['a name that is too long', { channel: 'c'.repeat(32) }, 'a channel name is', ['channel']],
    ['upper case', { channel: 'Canary' }, 'a channel name is', ['channel']],
    ['a range as target', { to: '^1.0.0' }, 'column 1: expected', ['to']],
    ['a version of another algorithm', { to: 'acme/other/1.0.0' }, 'is not a version of', ['to']],
    ['a partial as what was expected', { expected: '1' }, 'column 1: expected', ['expected']],
    [
      'an end of support of another channel than lts',
      { supportedUntil: '2030-01-01T00:00:00Z' },
      'only lts',
      ['supportedUntil'],
    ],
    ['a reason that is too long', { reason: 'r'.repeat(1001) }, 'reason is over', ['reason']],
  ])('INVALID_INPUT for %s', async (_what, input, message, field) => {
    const ref = await fresh('1.0.0');
    const wanted = { channel: 'canary', to: '1.0.0', ...input };
    const refused = await expectRefused(() =>
      move(ann, ref, wanted.channel, [null, String(wanted.to)], { ...input }),
    );
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', field });
    expect(refused.message).toContain(message);
  });

  describe('a channel never names what not everybody may have', () => {
    let ref: string;

    beforeAll(async () => {
      ref = await fresh('1.0.0', '1.1.0', '1.2.0');
      await world().publish(ref, '1.3.0', { visibility: 'PRIVATE' });
      await world().yank(`${ref}/1.1.0`);
      await world().operator.mutate('takeDownVersion', { version: `${ref}/1.2.0`, reason: 'a test' });
      await ann.mutate('updateAlgorithm', { algorithm: ref, policies: { protectStable: 'EVERY' } });
      for (const version of ['1.4.0', '1.5.0']) await world().publish(ref, version, { by: max });
      await ann.mutate('rejectVersion', { version: `${ref}/1.5.0`, reason: 'a test' });
      await move(ann, ref, 'canary', [null, '1.0.0']);
    });

    test.each([
      ['1.1.0', 'INVALID_INPUT', 'version 1.1.0 is yanked: a channel names public versions only'],
      ['1.2.0', 'INVALID_INPUT', 'version 1.2.0 was taken down: a channel names public versions only'],
      ['1.3.0', 'INVALID_INPUT', 'version 1.3.0 is private: a channel names public versions only'],
      [
        '1.4.0',
        'INVALID_INPUT',
        'version 1.4.0 waits for its approval: a channel names public versions only',
      ],
      ['1.5.0', 'INVALID_INPUT', 'version 1.5.0 was rejected: a channel names public versions only'],
      ['1.6.0', 'NOT_FOUND', 'algorithm algo://acme/NAME/1.6.0 not found'],
    ])('%s', async (version, code, message) => {
      for (const channel of ['canary', 'stable', 'lts']) {
        const expected = channel === 'lts' ? null : '1.0.0';
        const refused = await expectRefused(() => move(ann, ref, channel, [expected, version]));
        expect(refused).toEqual({
          version: null,
          code,
          message: message.replace('acme/NAME', ref),
          field: ['to'],
        });
      }
      expect(await channelsOf(ann, ref)).toEqual({ canary: '1.0.0', 'edge*': '1.0.0', 'stable*': '1.0.0' });
    });

    test('who may not move it learns nothing of what there is', async () => {
      for (const version of ['1.0.0', '1.3.0', '1.4.0', '1.6.0']) {
        for (const client of [otto, mia]) {
          expect(await move(client, ref, 'canary', [null, version])).toMatchObject({
            code: 'FORBIDDEN',
            message: 'this needs the role MAINTAINER',
          });
        }
      }
      expect((await move(world().anonymous, ref, 'canary', ['1.0.0', '1.0.0'])).code).toBe('UNAUTHENTICATED');
    });
  });

  test('a prerelease may be what a channel names', async () => {
    const ref = await fresh('1.0.0', '1.1.0-rc.1');
    await move(ann, ref, 'canary', [null, '1.1.0-rc.1']);
    expect([
      await namedBy(otto, `${ref}/canary`),
      await servedBy(otto, `${ref}/canary`),
      await namedBy(otto, `${ref}/1`),
      await namedBy(otto, `${ref}/stable`),
    ]).toEqual(['1.1.0-rc.1', '1.1.0-rc.1', '1.0.0', '1.0.0']);
  });

  test('a hotfix moves its own line, and neither the major nor latest nor a channel', async () => {
    const ref = await fresh('1.0.5', '1.1.0');
    await move(ann, ref, 'canary', [null, '1.0.5']);
    await world().publish(ref, '1.0.6');
    const named = ['1.0', '1', 'latest', 'stable', 'canary'].map((selector) =>
      namedBy(otto, `${ref}/${selector}`),
    );
    expect(await Promise.all(named)).toEqual(['1.0.6', '1.1.0', '1.1.0', '1.1.0', '1.0.5']);
  });

  test('stable may be taken over, and is a pointer from then on', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    expect((await expectRefused(() => move(ann, ref, 'stable', [null, '1.0.0']))).message).toBe(
      'channel stable points to 1.1.0 now, and not nowhere',
    );
    expect(await expectRefused(() => rollback(ann, ref, 'stable'))).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'stable is computed: nobody has moved it yet',
    });
    expect((await move(ann, ref, 'stable', ['1.1.0', '1.0.0'])).code).toBe('OK');
    await world().publish(ref, '1.2.0');
    expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.2.0', stable: '1.0.0' });
    expect((await rollback(ann, ref, 'stable')).version).toBe('1.1.0');
    expect((await rollback(ann, ref, 'stable')).version).toBeNull();
    expect(await namedBy(otto, `${ref}/stable`)).toBe('NOT_FOUND');
    expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.2.0', stable: null });
    expect((await move(ann, ref, 'stable', [null, '1.2.0'])).version).toBe('1.2.0');
  });

  test('stable may be held where it is', async () => {
    const ref = await fresh('1.0.0');
    expect((await move(ann, ref, 'stable', ['1.0.0', '1.0.0'])).code).toBe('OK');
    expect(await entriesOf(world(), 'acme', () => move(ann, ref, 'stable', ['1.0.0', '1.0.0']))).toEqual([]);
    await world().publish(ref, '1.1.0');
    expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.1.0', stable: '1.0.0' });
  });

  describe('lts', () => {
    const until = async (ref: string): Promise<unknown> =>
      (await otto.graphql(`{ algorithm(ref: "${ref}") { channels { name supportedUntil } } }`)).at(
        'algorithm.channels.1.supportedUntil',
      );

    test('is supported for twelve months, and moves within its line until then', async () => {
      const ref = await fresh('1.0.0', '1.0.1', '1.1.0');
      const before = new Date();
      await move(ann, ref, 'lts', [null, '1.0.0']);
      const promised = new Date(String(await until(ref)));
      before.setUTCFullYear(before.getUTCFullYear() + 1);
      expect(Math.abs(promised.getTime() - before.getTime())).toBeLessThan(25 * 3_600_000);
      const refused = await expectRefused(() => move(ann, ref, 'lts', ['1.0.0', '1.1.0']));
      expect(refused).toMatchObject({ code: 'INVALID_INPUT', field: ['to'] });
      expect(refused.message).toBe(
        `lts supports 1.0 until ${promised.toISOString()}, and moves within it alone`,
      );
      expect((await move(ann, ref, 'lts', ['1.0.0', '1.0.1'])).version).toBe('1.0.1');
      expect(await until(ref)).toBe(promised.toISOString());
      expect([await namedBy(otto, `${ref}/lts`), await servedBy(mia, `${ref}/lts`)]).toEqual([
        '1.0.1',
        '1.0.1',
      ]);
    });

    test('keeps what it promised, and promises more', async () => {
      const ref = await fresh('1.0.0', '1.0.1');
      const year = new Date().getUTCFullYear();
      const [near, far] = [`${year + 3}-01-01T00:00:00.000Z`, `${year + 5}-01-01T00:00:00.000Z`];
      await move(ann, ref, 'lts', [null, '1.0.0'], { supportedUntil: near });
      expect(await until(ref)).toBe(near);
      for (const sooner of [`${year + 2}-01-01T00:00:00.000Z`, '2020-01-01T00:00:00.000Z']) {
        expect(
          await expectRefused(() => move(ann, ref, 'lts', ['1.0.0', '1.0.1'], { supportedUntil: sooner })),
        ).toMatchObject({ code: 'INVALID_INPUT', field: ['supportedUntil'] });
      }
      const longer = await entriesOf(world(), 'acme', () =>
        move(ann, ref, 'lts', ['1.0.0', '1.0.0'], { supportedUntil: far }),
      );
      expect(longer).toEqual([
        {
          chain: 'public',
          action: 'channel.moved',
          subject: ref,
          actor: expect.stringContaining('user:ann'),
        },
      ]);
      expect(await until(ref)).toBe(far);
    });

    test('goes back within its line alone, and its promise outlives what it named', async () => {
      const ref = await fresh('1.0.0', '1.1.0', '1.1.1');
      const soon = new Date(Date.now() + 1000).toISOString();
      await move(ann, ref, 'lts', [null, '1.0.0'], { supportedUntil: soon });
      await expectSoon(async () => (await move(ann, ref, 'lts', ['1.0.0', '1.1.0'])).code, 'OK');
      await move(ann, ref, 'lts', ['1.1.0', '1.1.1']);
      expect((await rollback(ann, ref, 'lts')).version).toBe('1.1.0');
      const promised = await until(ref);
      expect((await rollback(ann, ref, 'lts')).version).toBeNull();
      expect(await namedBy(otto, `${ref}/lts`)).toBe('NOT_FOUND');
      expect(await until(ref)).toBe(promised);
      expect((await expectRefused(() => move(ann, ref, 'lts', [null, '1.0.0']))).code).toBe('INVALID_INPUT');
      expect((await move(ann, ref, 'lts', [null, '1.1.1'])).version).toBe('1.1.1');
    });
  });

  test('a rollback goes further back each time, over what is no longer good, and never forth', async () => {
    const ref = await fresh('1.0.0', '1.1.0', '1.2.0', '1.3.0');
    expect(await expectRefused(() => rollback(ann, ref, 'canary'))).toMatchObject({
      code: 'NOT_FOUND',
      message: `${ref} has no channel canary`,
    });
    const steps = [null, '1.0.0', '1.1.0', '1.2.0', '1.3.0'] as const;
    for (const [at, to] of steps.slice(1).entries()) await move(ann, ref, 'canary', [steps[at]!, to!]);
    await world().yank(`${ref}/1.1.0`);
    expect((await rollback(max, ref, 'canary')).version).toBe('1.2.0');
    expect((await rollback(max, ref, 'canary')).version).toBe('1.0.0');
    expect((await rollback(max, ref, 'canary')).version).toBeNull();
    expect(await namedBy(otto, `${ref}/canary`)).toBe('NOT_FOUND');
    expect(await entriesOf(world(), 'acme', () => rollback(max, ref, 'canary'))).toEqual([]);
    expect((await rollback(mia, ref, 'canary')).code).toBe('FORBIDDEN');
    expect((await rollback(ann, ref, 'edge')).code).toBe('INVALID_INPUT');
  });

  test('a yank is refused while a channel points there, or takes the channels back with it', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    for (const channel of ['canary', 'beta']) await move(ann, ref, channel, [null, '1.0.0']);
    await move(ann, ref, 'canary', ['1.0.0', '1.1.0']);
    await move(ann, ref, 'beta', ['1.0.0', '1.1.0']);
    await move(ann, ref, 'solo', [null, '1.1.0']);
    const yank = (more: object): Promise<unknown> =>
      max
        .mutation(
          'yankVersion',
          { version: `${ref}/1.1.0`, reason: 'broken', ...more },
          'version { yank { reason } }',
        )
        .then((answer) => answer.at('yankVersion'));
    for (const more of [{}, { rollbackChannels: false }]) {
      const before = await registryRows(world());
      expect(await yank(more)).toEqual({
        version: null,
        userErrors: [
          {
            code: 'CHANNEL_POINTS_HERE',
            message: 'version 1.1.0 is what beta, canary, solo points to: move it, or give rollbackChannels',
            field: ['version'],
          },
        ],
      });
      expect(await registryRows(world())).toEqual(before);
    }
    const made = await entriesOf(world(), 'acme', async () => {
      expect(await yank({ rollbackChannels: true })).toEqual({
        version: { yank: { reason: 'broken' } },
        userErrors: [],
      });
    });
    expect(made).toEqual([
      {
        chain: 'public',
        action: 'version.yanked',
        subject: `${ref}/1.1.0`,
        actor: expect.stringContaining('user:max'),
      },
    ]);
    expect(await lastChange(ref)).toEqual({
      version: '1.1.0',
      reason: 'broken',
      channels: { beta: '1.0.0', canary: '1.0.0', solo: null },
    });
    const back = { beta: '1.0.0', canary: '1.0.0', 'edge*': '1.0.0', solo: null, 'stable*': '1.0.0' };
    expect(await channelsOf(otto, ref)).toEqual(back);
    await ann.mutate('unyankVersion', { version: `${ref}/1.1.0` });
    expect(await channelsOf(otto, ref)).toEqual({ ...back, 'edge*': '1.1.0', 'stable*': '1.1.0' });
    // what has gone back points nowhere near it any more
    expect(await max.attempt('yankVersion', { version: `${ref}/1.1.0`, reason: 'again' })).toBe('OK');
  });

  test('the history of a channel says who, when, from, to and why, a page at a time', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    const began = Date.now();
    await move(ann, ref, 'canary', [null, '1.0.0'], { reason: 'the first' });
    await move(max, ref, 'canary', ['1.0.0', '1.1.0']);
    await move(world().operator, ref, 'other', [null, '1.1.0']);
    await rollback(ann, ref, 'canary');
    const history = async (client: Client, args: string): Promise<unknown> => {
      const answer = await client.graphql(`{ algorithm(ref: "${ref}") { channels { name history(${args}) {
        nodes { kind from { version } to { version } by { handle } reason at }
        pageInfo { hasNextPage endCursor } edges { cursor } } } } }`);
      expect(answer.errors).toEqual([]);
      return answer.at('algorithm.channels.0.history');
    };
    const all = await history(mia, 'first: 10');
    expect(valueAt(all, 'nodes')).toEqual([
      node('ROLLBACK', '1.1.0', '1.0.0', 'ann', 'a test'),
      node('MOVE', '1.0.0', '1.1.0', 'max', null),
      node('MOVE', null, '1.0.0', 'ann', 'the first'),
    ]);
    const at = Date.parse(String(valueAt(all, 'nodes.0.at')));
    expect(at - began).toBeGreaterThanOrEqual(0);
    expect(at - began).toBeLessThan(60_000);
    for (const outsider of [otto, world().anonymous]) {
      expect(valueAt(await history(outsider, 'first: 10'), 'nodes')).toEqual([
        node('ROLLBACK', '1.1.0', '1.0.0', null, 'a test'),
        node('MOVE', '1.0.0', '1.1.0', null, null),
        node('MOVE', null, '1.0.0', null, 'the first'),
      ]);
    }
    const pages: unknown[] = [];
    let after = '';
    for (;;) {
      const page = await history(mia, `first: 1${after}`);
      pages.push(valueAt(page, 'nodes.0.kind'), valueAt(page, 'nodes.0.to.version'));
      if (valueAt(page, 'pageInfo.hasNextPage') !== true) break;
      after = `, after: "${String(valueAt(page, 'pageInfo.endCursor'))}"`;
    }
    expect(pages).toEqual(['ROLLBACK', '1.0.0', 'MOVE', '1.1.0', 'MOVE', '1.0.0']);
    const cursor = Buffer.from('k:acme/other').toString('base64url');
    const wrong = await mia.graphql(
      `{ algorithm(ref: "${ref}") { channels { history(after: "${cursor}") { nodes { at } } } } }`,
    );
    expect(wrong.errors[0]).toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('of twenty who move at once from one place, exactly one does', async () => {
    const versions = Array.from({ length: 21 }, (_, at) => `1.${at}.0`);
    const ref = await fresh(...versions);
    const replica = await world().replica();
    await move(ann, ref, 'canary', [null, '1.0.0']);
    let answers: Moved[] = [];
    const made = await entriesOf(world(), 'acme', async () => {
      answers = await Promise.all(
        versions
          .slice(1)
          .map((to, at) => move(at % 2 === 0 ? ann : max.at(replica), ref, 'canary', ['1.0.0', to])),
      );
    });
    const won = answers.filter(({ code }) => code === 'OK').map(({ version }) => version);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'CHANNEL_MOVED')).toHaveLength(19);
    expect(made).toHaveLength(1);
    expect(await lastChange(ref)).toMatchObject({ channel: 'canary', from: '1.0.0', to: won[0] });
    // it may have been moved by the other replica
    await expectSoon(async () => (await channelsOf(otto, ref))['canary'], won[0]);
    const moves = await otto.graphql(
      `{ algorithm(ref: "${ref}") { channels { history { nodes { to { version } } } } } }`,
    );
    expect(moves.at('algorithm.channels.0.history.nodes')).toEqual([
      { to: { version: won[0] } },
      { to: { version: '1.0.0' } },
    ]);
  });

  test('of a yank and a move to what is yanked, at once, exactly one happens', async () => {
    const ref = await fresh('1.0.0');
    const replica = await world().replica();
    for (let at = 1; at <= 8; at += 1) {
      await world().publish(ref, `1.${at}.0`);
      const [yanked, moved] = await Promise.all([
        max.attempt('yankVersion', { version: `${ref}/1.${at}.0`, reason: 'a test' }),
        move(ann.at(replica), ref, `race-${at}`, [null, `1.${at}.0`]).then(({ code }) => code),
      ]);
      const named = (await channelsOf(otto.at(replica), ref))[`race-${at}`];
      expect([
        { yanked: 'OK', moved: 'INVALID_INPUT', named: undefined },
        { yanked: 'CHANNEL_POINTS_HERE', moved: 'OK', named: `1.${at}.0` },
      ]).toContainEqual({ yanked, moved, named });
    }
  });

  test('who may move channels: maintainers, and keys that may publish', async () => {
    const ref = await fresh('1.0.0');
    const reading = await world().key('max', { scopes: ['read', 'call'] });
    const publishing = await world().key('max', { scopes: [`publish:${ref}`] });
    const outcomes = await Promise.all(
      [world().anonymous, otto, mia, reading, publishing, max, ann, world().operator].map(
        async (client, at) => (await move(client, ref, `by-${at}`, [null, '1.0.0'])).code,
      ),
    );
    expect(outcomes).toEqual([
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'FORBIDDEN',
      'FORBIDDEN',
      'OK',
      'OK',
      'OK',
      'OK',
    ]);
    const closed = await fresh();
    await world().publish(closed, '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    expect((await move(otto, closed, 'canary', [null, '1.0.0'])).code).toBe('NOT_FOUND');
    expect((await move(ann, closed, 'canary', [null, '1.0.0'])).code).toBe('INVALID_INPUT');
  });

  test('an algorithm has at most a hundred channels', async () => {
    const ref = await fresh('1.0.0');
    await world().server.app.database.write(async (tx) => {
      const { id: algorithmId } = await tx.findOneByOrFail(AlgorithmRow, { nameKey: ref.split('/')[1]! });
      const { id: versionId } = await tx.findOneByOrFail(VersionRow, { algorithmId });
      const names = Array.from({ length: 99 }, (_, at) => `c-${at}`);
      await tx.insert(
        ChannelRow,
        names.map((name) => ({ algorithmId, name, versionId, supportedUntil: null })),
      );
    });
    expect((await move(ann, ref, 'the-last', [null, '1.0.0'])).code).toBe('OK');
    expect(await expectRefused(() => move(ann, ref, 'one-more', [null, '1.0.0']))).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'an algorithm has at most 100 channels',
    });
  });

  /** The change in the last entry of the ledger that is about an algorithm or a version of it. */
  async function lastChange(ref: string): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ change_json: string }[]>(
      'SELECT change_json FROM ledger_entries WHERE subject = ? OR subject LIKE ? ORDER BY at DESC LIMIT 1',
      [ref, `${ref}/%`],
    );
    return JSON.parse(row!.change_json);
  }
});

function node(
  kind: string,
  from: string | null,
  to: string | null,
  by: string | null,
  reason: string | null,
): unknown {
  return {
    kind,
    from: from === null ? null : { version: from },
    to: to === null ? null : { version: to },
    by: by === null ? null : { handle: by },
    reason,
    at: expect.any(String),
  };
}
