import { GateReportRow } from '../../entities';
import { algorithmWith, channelsOf, move, namedBy, rollback, servedBy } from '../builders/channels';
import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';
import { settle, statementsOf } from '../builders/statements';
import { entriesOf, registryRows } from '../builders/tables';

/** Chapter 3, "Gates and protection". */

const JUDGEMENTS =
  'version { version } judgements { channel passed entered gates { gate passed value threshold why } }';

/** Values of a report, by name. */
type Values = Readonly<Record<string, unknown>>;

describeOnEachServer('gates', (world) => {
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
    return algorithmWith(world(), `g${n}`, versions);
  };

  const setGates = (
    algorithm: string,
    gates: Readonly<Record<string, readonly string[]>>,
  ): Promise<unknown> => ann.mutate('updateAlgorithm', { algorithm, policies: { gates: wanted(gates) } });

  /** Submits a report, and gives what is still missing for each channel: `channel: the gates not passed`. */
  async function report(version: string, values: Values, by = max): Promise<Record<string, unknown>> {
    const payload = await by.mutate('submitGateReport', { version, gates: listed(values) }, JUDGEMENTS);
    const judgements = valueAt(payload, 'judgements') as readonly {
      channel: string;
      entered: boolean;
      gates: readonly { gate: string; passed: boolean }[];
    }[];
    return Object.fromEntries(
      judgements.map(({ channel, entered, gates }) => [
        channel,
        entered ? 'entered' : gates.filter(({ passed }) => !passed).map(({ gate }) => gate),
      ]),
    );
  }

  test('a gated channel takes what passes each of its gates, and nothing else', async () => {
    const ref = await fresh('1.0.0');
    await setGates(ref, {
      canary: ['recall >= 0.92', 'critical_leakage == 0', 'device_tier in edge, phone'],
    });
    const before = await registryRows(world());
    expect(await move(ann, ref, 'canary', [null, '1.0.0'])).toEqual({
      version: null,
      code: 'GATES_NOT_PASSED',
      message:
        '1.0.0 does not pass the gates of canary: recall >= 0.92: no value, threshold 0.92 (missing); ' +
        'critical_leakage == 0: no value, threshold 0 (missing); ' +
        'device_tier in edge, phone: no value, threshold edge, phone (missing)',
      field: null,
    });
    expect(await registryRows(world())).toEqual(before);
    const version = `${ref}/1.0.0`;
    expect(await report(version, { recall: 0.95, critical_leakage: 1, device_tier: 'phone' })).toEqual({
      canary: ['critical_leakage == 0'],
    });
    expect((await move(ann, ref, 'canary', [null, '1.0.0'])).message).toBe(
      '1.0.0 does not pass the gates of canary: critical_leakage == 0: value 1, threshold 0 (not equal to the threshold)',
    );
    // the newest report that names a value decides
    expect(await report(version, { critical_leakage: 0 })).toEqual({ canary: [] });
    expect(await move(max, ref, 'canary', [null, '1.0.0'])).toMatchObject({ code: 'OK', version: '1.0.0' });
    expect(await changeOf('channel.moved', ref)).toEqual({
      channel: 'canary',
      from: null,
      to: '1.0.0',
      reason: null,
      supportedUntil: null,
      gates: [
        { gate: 'recall >= 0.92', passed: true, value: 0.95, threshold: '0.92', why: 'passed' },
        { gate: 'critical_leakage == 0', passed: true, value: 0, threshold: '0', why: 'passed' },
        {
          gate: 'device_tier in edge, phone',
          passed: true,
          value: 'phone',
          threshold: 'edge, phone',
          why: 'passed',
        },
      ],
    });
    expect([await namedBy(otto, `${ref}/canary`), await servedBy(otto, `${ref}/canary`)]).toEqual([
      '1.0.0',
      '1.0.0',
    ]);
  });

  describe('gates fail closed', () => {
    test.each<[string, Values, string]>([
      ['missing', { precision: 0.99 }, 'no value, threshold 0.92 (missing)'],
      ['NaN, as a string', { recall: 'NaN' }, 'value "NaN", threshold 0.92 (not a number)'],
      ['NaN, as JSON writes it', { recall: null }, 'no value, threshold 0.92 (not a number)'],
      ['a string that reads as a number', { recall: '0.95' }, 'value "0.95", threshold 0.92 (not a number)'],
      ['true', { recall: true }, 'value true, threshold 0.92 (not a number)'],
      [
        'just below',
        { recall: 0.9199999999999999 },
        'value 0.9199999999999999, threshold 0.92 (below the threshold)',
      ],
    ])('on a value that is %s', async (_what, values, message) => {
      const ref = await fresh('1.0.0');
      await setGates(ref, { canary: ['recall >= 0.92'], stable: ['recall >= 0.92'] });
      expect(await report(`${ref}/1.0.0`, values)).toEqual({ canary: ['recall >= 0.92'], stable: 'entered' });
      expect(await move(ann, ref, 'canary', [null, '1.0.0'])).toMatchObject({
        code: 'GATES_NOT_PASSED',
        message: `1.0.0 does not pass the gates of canary: recall >= 0.92: ${message}`,
      });
      await world().publish(ref, '1.1.0');
      expect(await report(`${ref}/1.1.0`, values)).toEqual({
        canary: ['recall >= 0.92'],
        stable: ['recall >= 0.92'],
      });
      expect(await namedBy(otto, `${ref}/stable`)).toBe('1.0.0');
      await report(`${ref}/1.1.0`, { recall: 0.92 });
      expect(await namedBy(otto, `${ref}/stable`)).toBe('1.1.0');
    });

    test('on a report that is older than the policy', async () => {
      const ref = await fresh('1.0.0', '1.1.0');
      await report(`${ref}/1.0.0`, { recall: 0.99 });
      await setGates(ref, { canary: ['recall >= 0.92'] });
      await report(`${ref}/1.1.0`, { recall: 0.99 });
      await setGates(ref, { canary: ['recall >= 0.9'] });
      for (const version of ['1.0.0', '1.1.0']) {
        expect((await move(ann, ref, 'canary', [null, version])).message).toBe(
          `${version} does not pass the gates of canary: recall >= 0.9: value 0.99, threshold 0.9 (older than the policy)`,
        );
      }
      // the gates of another channel, and the same gates again, make no report older
      await report(`${ref}/1.0.0`, { recall: 0.93 });
      await setGates(ref, { other: ['recall >= 0.5'], canary: [' recall>=0.90 '] });
      expect((await move(ann, ref, 'canary', [null, '1.0.0'])).code).toBe('OK');
    });
  });

  test('a gate may compare with the version on the channel', async () => {
    const ref = await fresh('1.0.0', '1.1.0', '1.2.0', '1.3.0');
    await setGates(ref, { canary: ['recall_delta >= -0.01'] });
    expect((await move(ann, ref, 'canary', [null, '1.0.0'])).code).toBe('GATES_NOT_PASSED');
    await report(`${ref}/1.0.0`, { recall: 0.92 });
    expect((await move(ann, ref, 'canary', [null, '1.0.0'])).code).toBe('OK');
    await report(`${ref}/1.1.0`, { recall: 0.91 });
    await report(`${ref}/1.2.0`, { recall: 0.9 });
    await report(`${ref}/1.3.0`, { recall_delta: 0.5 });
    expect((await move(ann, ref, 'canary', ['1.0.0', '1.2.0'])).message).toBe(
      '1.2.0 does not pass the gates of canary: recall_delta >= -0.01: value -0.02, threshold -0.01 (below the threshold)',
    );
    expect((await move(ann, ref, 'canary', ['1.0.0', '1.3.0'])).code).toBe('GATES_NOT_PASSED');
    expect((await move(ann, ref, 'canary', ['1.0.0', '1.1.0'])).code).toBe('OK');
    expect((await move(ann, ref, 'canary', ['1.1.0', '1.2.0'])).code).toBe('OK');
  });

  test('what has entered a channel is not judged for it again', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    await move(ann, ref, 'canary', [null, '1.0.0']);
    await move(ann, ref, 'canary', ['1.0.0', '1.1.0']);
    await setGates(ref, { canary: ['recall >= 0.92'], beta: ['recall >= 0.92'] });
    expect((await rollback(ann, ref, 'canary')).version).toBe('1.0.0');
    expect((await move(ann, ref, 'canary', ['1.0.0', '1.1.0'])).version).toBe('1.1.0');
    expect((await move(ann, ref, 'beta', [null, '1.1.0'])).code).toBe('GATES_NOT_PASSED');
  });

  describe('a gated stable', () => {
    test('takes releases that pass, whenever they do, and keeps those that it had', async () => {
      const ref = await fresh('1.0.0', '1.1.0');
      const replica = await world().replica();
      await setGates(ref, { stable: ['recall >= 0.92'] });
      await world().publish(ref, '1.2.0');
      await world().publish(ref, '1.3.0-rc.1');
      const names = async (client: Client): Promise<string[]> =>
        Promise.all(
          ['stable', 'latest', '1', 'edge'].map((selector) => namedBy(client, `${ref}/${selector}`)),
        );
      for (const client of [ann, otto, otto.at(replica)]) {
        expect(await names(client)).toEqual(['1.1.0', '1.2.0', '1.2.0', '1.3.0-rc.1']);
      }
      expect(await servedBy(otto, `${ref}/stable`)).toBe('1.1.0');
      await report(`${ref}/1.2.0`, { recall: 0.91 });
      await report(`${ref}/1.3.0-rc.1`, { recall: 0.99 });
      expect((await names(otto))[0]).toBe('1.1.0');
      let missing: unknown;
      const made = await entriesOf(world(), 'acme', async () => {
        missing = await report(`${ref}/1.2.0`, { recall: 0.92 });
      });
      expect(missing).toEqual({ stable: 'entered' });
      expect(made).toEqual([
        {
          chain: 'public',
          action: 'gates.reported',
          subject: `${ref}/1.2.0`,
          actor: expect.stringContaining('user:max'),
        },
      ]);
      expect(await changeOf('gates.reported', `${ref}/1.2.0`)).toEqual({
        version: '1.2.0',
        values: { recall: 0.92 },
        entered: ['stable'],
        gates: [{ gate: 'recall >= 0.92', passed: true, value: 0.92, threshold: '0.92', why: 'passed' }],
      });
      for (const client of [ann, otto, otto.at(replica)]) {
        await expectSoon(async () => (await names(client))[0], '1.2.0');
      }
      expect(await servedBy(otto.at(replica), `${ref}/stable`)).toBe('1.2.0');
      // neither a worse report nor stricter gates take it back
      await report(`${ref}/1.2.0`, { recall: 0.1 });
      await setGates(ref, { stable: ['recall >= 0.99'] });
      expect((await names(otto))[0]).toBe('1.2.0');
      await world().yank(`${ref}/1.2.0`);
      expect((await names(otto))[0]).toBe('1.1.0');
      await ann.mutate('unyankVersion', { version: `${ref}/1.2.0` });
      expect((await names(otto))[0]).toBe('1.2.0');
    });

    test('judges what is promoted by the reports that it has', async () => {
      const ref = await fresh('1.0.0');
      await setGates(ref, { stable: ['recall >= 0.92'] });
      for (const version of ['1.1.0', '1.2.0'])
        await world().publish(ref, version, { visibility: 'PRIVATE' });
      const made = await entriesOf(world(), 'acme', async () => {
        expect(await report(`${ref}/1.1.0`, { recall: 0.95 })).toEqual({ stable: [] });
      });
      expect(made).toMatchObject([{ chain: 'private', action: 'gates.reported' }]);
      expect(await namedBy(ann, `${ref}/stable`)).toBe('1.0.0');
      for (const version of ['1.1.0', '1.2.0']) {
        await ann.mutate('promoteVersion', { version: `${ref}/${version}` });
      }
      expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.2.0', 'stable*': '1.1.0' });
    });

    test('judges what is approved by the reports that came while it waited', async () => {
      const ref = await fresh('1.0.0');
      await setGates(ref, { stable: ['recall >= 0.92'] });
      await ann.mutate('updateAlgorithm', { algorithm: ref, policies: { protectStable: 'EVERY' } });
      for (const version of ['1.1.0', '1.2.0']) await world().publish(ref, version, { by: max });
      const made = await entriesOf(world(), 'acme', () => report(`${ref}/1.1.0`, { recall: 0.95 }));
      expect(made).toMatchObject([{ chain: 'private', action: 'gates.reported' }]);
      expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.0.0', 'stable*': '1.0.0' });
      for (const version of ['1.1.0', '1.2.0']) {
        await ann.mutate('approveVersion', { version: `${ref}/${version}` });
      }
      expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.2.0', 'stable*': '1.1.0' });
    });

    test('lets all in once its gates are taken away', async () => {
      const ref = await fresh('1.0.0');
      await setGates(ref, { stable: ['recall >= 0.92'] });
      for (const version of ['1.1.0', '1.2.0', '1.3.0-rc.1']) await world().publish(ref, version);
      await world().publish(ref, '1.4.0', { visibility: 'PRIVATE' });
      await world().yank(`${ref}/1.2.0`);
      expect(await namedBy(otto, `${ref}/stable`)).toBe('1.0.0');
      const made = await entriesOf(world(), 'acme', () => setGates(ref, { stable: [] }));
      expect(made).toMatchObject([{ chain: 'public', action: 'algorithm.updated', subject: ref }]);
      expect(await changeOf('algorithm.updated', ref)).toEqual({
        policies: { gates: { stable: [] } },
        enteredAll: true,
      });
      expect(await namedBy(otto, `${ref}/stable`)).toBe('1.1.0');
      await setGates(ref, { stable: ['recall >= 0.92'] });
      await ann.mutate('unyankVersion', { version: `${ref}/1.2.0` });
      await ann.mutate('promoteVersion', { version: `${ref}/1.4.0` });
      expect(await channelsOf(otto, ref)).toEqual({ 'edge*': '1.4.0', 'stable*': '1.2.0' });
    });

    test('that was taken over takes what is moved to it by its gates alone', async () => {
      const ref = await fresh('1.0.0');
      await setGates(ref, { stable: ['recall >= 0.92'] });
      await world().publish(ref, '1.1.0');
      expect((await move(ann, ref, 'stable', ['1.0.0', '1.1.0'])).code).toBe('GATES_NOT_PASSED');
      expect((await move(ann, ref, 'stable', ['1.0.0', '1.0.0'])).code).toBe('OK');
      await report(`${ref}/1.1.0`, { recall: 0.95 });
      expect(await namedBy(otto, `${ref}/stable`)).toBe('1.0.0');
      expect((await move(ann, ref, 'stable', ['1.0.0', '1.1.0'])).code).toBe('OK');
    });
  });

  test('gates are set by admins, in one entry with what else is changed', async () => {
    const ref = await fresh('1.0.0');
    const input = {
      algorithm: ref,
      summary: 'gated',
      policies: {
        protectStable: 'MAJOR',
        gates: wanted({ canary: [' recall>=0.920'], lts: ['leaks == 0'] }),
      },
    };
    for (const [client, code] of [
      [world().anonymous, 'UNAUTHENTICATED'],
      [otto, 'FORBIDDEN'],
      [mia, 'FORBIDDEN'],
      [max, 'FORBIDDEN'],
    ] as const) {
      const before = await registryRows(world());
      expect(await client.attempt('updateAlgorithm', input)).toBe(code);
      expect(await registryRows(world())).toEqual(before);
    }
    const made = await entriesOf(world(), 'acme', async () => {
      await ann.mutate('updateAlgorithm', input);
      await ann.mutate('updateAlgorithm', input);
    });
    expect(made).toHaveLength(1);
    expect(await changeOf('algorithm.updated', ref)).toMatchObject({
      summary: 'gated',
      policies: { protectStable: 'MAJOR', gates: { canary: ['recall >= 0.92'], lts: ['leaks == 0'] } },
    });
    const gates = async (client: Client): Promise<unknown> =>
      (await client.graphql(`{ algorithm(ref: "${ref}") { gates { channel gates } } }`)).at(
        'algorithm.gates',
      );
    expect(await gates(mia)).toEqual([
      { channel: 'canary', gates: ['recall >= 0.92'] },
      { channel: 'lts', gates: ['leaks == 0'] },
    ]);
    expect([await gates(otto), await gates(world().anonymous)]).toEqual([null, null]);
    const alone = await entriesOf(world(), 'acme', () => setGates(ref, { canary: [] }));
    expect(alone).toMatchObject([{ chain: 'private', action: 'algorithm.updated' }]);
    expect(await gates(mia)).toEqual([{ channel: 'lts', gates: ['leaks == 0'] }]);
  });

  test.each<[string, Readonly<Record<string, readonly string[]>>, string[]]>([
    ['edge', { edge: ['a >= 1'] }, ['policies', 'gates', '0', 'channel']],
    ['latest', { latest: ['a >= 1'] }, ['policies', 'gates', '0', 'channel']],
    ['what is no channel', { '1.2': ['a >= 1'] }, ['policies', 'gates', '0', 'channel']],
    ['what is no artifact', { 'artifact/': ['a >= 1'] }, ['policies', 'gates', '0', 'channel']],
    [
      'what is no gate',
      { ok: ['a >= 1'], stable: ['a >= 1', 'a'] },
      ['policies', 'gates', '1', 'gates', '1'],
    ],
    ['NaN', { stable: ['a >= NaN'] }, ['policies', 'gates', '0', 'gates', '0']],
    ['the same gate twice', { stable: ['a >= 1', 'a >= 2'] }, ['policies', 'gates', '0', 'gates', '1']],
  ])('gates on %s are refused', async (_what, gates, field) => {
    const ref = await fresh('1.0.0');
    const before = await registryRows(world());
    const input = { algorithm: ref, policies: { gates: wanted(gates) } };
    const answer = await ann.mutation('updateAlgorithm', input, '');
    expect(answer.at('updateAlgorithm.userErrors.0')).toMatchObject({ code: 'INVALID_INPUT', field });
    expect(await registryRows(world())).toEqual(before);
  });

  test('one channel cannot be given two lists of gates', async () => {
    const ref = await fresh('1.0.0');
    const gates = [...wanted({ stable: ['a >= 1'] }), ...wanted({ stable: ['a >= 2'] })];
    const answer = await ann.mutation('updateAlgorithm', { algorithm: ref, policies: { gates } }, '');
    expect(answer.at('updateAlgorithm.userErrors.0')).toMatchObject({
      code: 'INVALID_INPUT',
      field: ['policies', 'gates', '1', 'channel'],
    });
  });

  describe('reports', () => {
    test('are submitted by maintainers, for versions that they may see, and say what is missing', async () => {
      const ref = await fresh('1.0.0');
      await world().publish(ref, '1.1.0', { visibility: 'PRIVATE' });
      const gates = listed({ recall: 1 });
      const outcome = (client: Client, version: string): Promise<string> =>
        client.attempt('submitGateReport', { version: `${ref}/${version}`, gates });
      const table: string[][] = [];
      for (const client of [world().anonymous, otto, mia, max, ann, world().operator]) {
        table.push([
          await outcome(client, '1.0.0'),
          await outcome(client, '1.1.0'),
          await outcome(client, '9.0.0'),
        ]);
      }
      expect(table).toEqual([
        ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
        ['FORBIDDEN', 'NOT_FOUND', 'NOT_FOUND'],
        ['FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'],
        ['OK', 'OK', 'NOT_FOUND'],
        ['OK', 'OK', 'NOT_FOUND'],
        ['OK', 'OK', 'NOT_FOUND'],
      ]);
      await setGates(ref, { stable: ['recall >= 0.5'], 'artifact/weights': ['recall >= 0.5'] });
      const answer = await max.mutate(
        'submitGateReport',
        { version: `${ref}/1.1.0`, gates: listed({ recall: 0.4, note: 'a "quoted" note', ok: true }) },
        JUDGEMENTS,
      );
      expect(answer).toEqual({
        version: { version: '1.1.0' },
        judgements: [
          {
            channel: 'stable',
            passed: false,
            entered: false,
            gates: [
              {
                gate: 'recall >= 0.5',
                passed: false,
                value: 0.4,
                threshold: '0.5',
                why: 'below the threshold',
              },
            ],
          },
        ],
        userErrors: [],
      });
    });

    test('cost as many statements for many channels and after many reports as for one', async () => {
      const ref = await fresh('1.0.0', '1.1.0', '1.2.0');
      const { database } = world().server.app;
      await report(`${ref}/1.0.0`, { recall: 0.5 });
      const channels = Array.from({ length: 20 }, (_, index) => `c${index}`);
      for (const channel of channels) await move(ann, ref, channel, [null, '1.0.0']);
      const gates = ['recall >= 0.4', 'recall_delta >= 0.2', 'leaks == 0'];
      await setGates(ref, { stable: gates, c0: gates });
      await world().publish(ref, '1.3.0');
      await settle(database);
      const one = await statementsOf(database, () => report(`${ref}/1.3.0`, { recall: 0.6 }));
      await setGates(ref, Object.fromEntries(channels.map((channel) => [channel, gates])));
      for (let at = 0; at < 10; at += 1) await report(`${ref}/1.3.0`, { recall: 0.6, [`other${at}`]: at });
      let judged: unknown;
      const all = await statementsOf(database, async () => {
        judged = await report(`${ref}/1.3.0`, { recall: 0.6 });
      });
      expect(all.length).toBe(one.length);
      expect(all.filter((sql) => sql.includes('FROM') && sql.includes('gate_reports'))).toHaveLength(3);
      const missing = gates.slice(1);
      expect(judged).toEqual({
        stable: missing,
        ...Object.fromEntries(channels.map((channel) => [channel, missing])),
      });
      await report(`${ref}/1.3.0`, { leaks: 0 });
      await report(`${ref}/1.0.0`, { recall: 0.4 });
      expect(await move(ann, ref, 'c7', ['1.0.0', '1.3.0'])).toMatchObject({ code: 'OK' });
    });

    test('fit into the ledger with their judgement, however long both are', async () => {
      const ref = await fresh('1.0.0');
      const text = '語'.repeat(180);
      const longest = Array.from({ length: 5 }, (_, index) => `g${index}`);
      const gates = [
        ...longest.map((name) => `${name} == "${text}"`),
        ...longest.map((name) => `${name} in "${text}"`),
        ...Array.from({ length: 40 }, (_, index) => `v${index} != "x"`),
      ];
      await setGates(ref, { stable: gates, canary: gates });
      await world().publish(ref, '1.1.0');
      const values = Object.fromEntries([
        ...longest.map((name) => [name, text]),
        ...Array.from({ length: 40 }, (_, index) => [`v${index}`, '"'.repeat(150)]),
      ]);
      expect(await report(`${ref}/1.1.0`, values)).toEqual({ stable: 'entered', canary: [] });
      expect(await move(ann, ref, 'canary', [null, '1.1.0'])).toMatchObject({ code: 'OK' });
      expect(await namedBy(otto, `${ref}/stable`)).toBe('1.1.0');
    });

    test('are judged by the newest five hundred of them', async () => {
      const ref = await fresh('1.0.0', '1.1.0');
      await setGates(ref, { canary: ['recall >= 0.5', 'leaks == 0'] });
      await report(`${ref}/1.1.0`, { recall: 0.9, leaks: 0 });
      await copyNewestReport(498, { recall: 0.1 });
      expect(await report(`${ref}/1.1.0`, { other: 1 })).toEqual({ canary: ['recall >= 0.5'] });
      expect(await report(`${ref}/1.1.0`, { recall: 0.6 })).toEqual({ canary: ['leaks == 0'] });
      expect(await report(`${ref}/1.1.0`, { leaks: 0 })).toEqual({ canary: [] });
    });

    test('are kept, all of them, for members to read, newest first', async () => {
      const ref = await fresh('1.0.0', '1.1.0');
      const version = `${ref}/1.0.0`;
      await report(version, { recall: 0.5, tier: 'phone' });
      await report(`${ref}/1.1.0`, { other: 1 });
      await report(version, { recall: null }, world().operator);
      await report(version, { recall: 0.5 }, ann);
      const reports = async (client: Client, args = ''): Promise<unknown> => {
        const answer = await client.graphql(`{ version(ref: "${version}") { gateReports${args} {
          nodes { gates { name value } by { handle } } pageInfo { hasNextPage endCursor } } } }`);
        expect(answer.errors).toEqual([]);
        return answer.at('version.gateReports');
      };
      expect(valueAt(await reports(mia), 'nodes')).toEqual([
        { gates: [{ name: 'recall', value: 0.5 }], by: { handle: 'ann' } },
        { gates: [{ name: 'recall', value: null }], by: null },
        {
          gates: [
            { name: 'recall', value: 0.5 },
            { name: 'tier', value: 'phone' },
          ],
          by: { handle: 'max' },
        },
      ]);
      expect([await reports(otto), await reports(world().anonymous)]).toEqual([null, null]);
      const first = await reports(mia, '(first: 2)');
      const after = String(valueAt(first, 'pageInfo.endCursor'));
      expect(valueAt(await reports(mia, `(first: 2, after: "${after}")`), 'nodes')).toHaveLength(1);
    });

    test.each<[string, object]>([
      ['nothing to report on', { gates: [] }],
      ['two things at once', { version: 'acme/g1/1.0.0', algorithm: 'acme/g1', artifact: 'w@1', gates: [] }],
      ['an artifact of no algorithm', { artifact: 'w@1', gates: [] }],
      ['an artifact without a revision', { algorithm: 'acme/g1', artifact: 'weights', gates: [] }],
      ['a partial', { version: 'acme/g1/1', gates: [] }],
      ['an object as a value', { version: 'acme/g1/1.0.0', gates: [{ name: 'a', value: {} }] }],
      ['a list as a value', { version: 'acme/g1/1.0.0', gates: [{ name: 'a', value: [1] }] }],
      ['one name twice', { version: 'acme/g1/1.0.0', gates: [...listed({ a: 1 }), ...listed({ a: 2 })] }],
      ['what is no name', { version: 'acme/g1/1.0.0', gates: listed({ 'A b': 1 }) }],
    ])('with %s are INVALID_INPUT', async (_what, input) => {
      const before = await registryRows(world());
      expect(await max.attempt('submitGateReport', input)).toBe('INVALID_INPUT');
      expect(await registryRows(world())).toEqual(before);
    });

    test('on an artifact count for the gates of the artifact', async () => {
      const ref = await fresh('1.0.0');
      const submit = (revision: string, values: Values): Promise<unknown> =>
        max.mutate(
          'submitGateReport',
          { algorithm: ref, artifact: `weights@${revision}`, gates: listed(values) },
          JUDGEMENTS,
        );
      for (const revision of ['r1', 'r2']) {
        await max.mutate('addArtifactRevision', {
          algorithm: ref,
          name: 'weights',
          revision,
          uri: `https://weights.test/${revision}`,
          sha256: 'ab'.repeat(32),
        });
      }
      const point = (to: string, expected: string | null): Promise<string> =>
        max.attempt('moveArtifact', { major: `${ref}/1`, name: 'weights', to, expected });
      expect(await point('r1', null)).toBe('OK');
      await setGates(ref, {
        'artifact/weights': ['recall >= 0.92', 'recall_delta >= 0'],
        canary: ['recall >= 0'],
      });
      await submit('r1', { recall: 0.95 });
      expect(await point('r2', 'r1')).toBe('GATES_NOT_PASSED');
      expect(await submit('r2', { recall: 0.93 })).toEqual({
        version: null,
        judgements: [
          {
            channel: 'artifact/weights',
            passed: false,
            entered: false,
            gates: [
              { gate: 'recall >= 0.92', passed: true, value: 0.93, threshold: '0.92', why: 'passed' },
              {
                gate: 'recall_delta >= 0',
                passed: false,
                value: -0.02,
                threshold: '0',
                why: 'below the threshold',
              },
            ],
          },
        ],
        userErrors: [],
      });
      const made = await entriesOf(world(), 'acme', () => submit('r2', { recall: 0.95 }));
      expect(made).toMatchObject([{ chain: 'private', action: 'gates.reported', subject: ref }]);
      expect(await point('r2', 'r1')).toBe('OK');
      // the highest major with a revision is the one that counts, not one that was taken back to nowhere
      await world().publish(ref, '2.0.0');
      const second = { major: `${ref}/2`, name: 'weights' };
      expect(await max.attempt('moveArtifact', { ...second, to: 'r2', expected: null })).toBe('OK');
      expect(await max.attempt('rollbackArtifact', second)).toBe('OK');
      expect(await submit('r1', { recall: 0.93 })).toMatchObject({
        judgements: [{ passed: false, gates: [{ passed: true }, { passed: false, value: -0.02 }] }],
      });
      const unknown = { algorithm: ref, artifact: 'weights@r3', gates: [] };
      expect(await max.attempt('submitGateReport', unknown)).toBe('NOT_FOUND');
      expect(await mia.attempt('submitGateReport', unknown)).toBe('FORBIDDEN');
    });
  });

  /** As many reports more as if they had come in one by one, on what was reported on last. */
  async function copyNewestReport(times: number, values: Values): Promise<void> {
    const { reads } = world().server.app.database;
    const [last] = await reads.find(GateReportRow, { order: { id: 'DESC' }, take: 1 });
    if (last === undefined) throw new Error('there is no report yet');
    const { id: _id, ...row } = last;
    const valuesJson = JSON.stringify(values);
    await reads.insert(
      GateReportRow,
      Array.from({ length: times }, () => ({ ...row, valuesJson })),
    );
  }

  /** The newest change of an action on a subject. */
  async function changeOf(action: string, subject: string): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ change_json: string }[]>(
      'SELECT change_json FROM ledger_entries WHERE action = ? AND subject = ? ORDER BY at DESC LIMIT 1',
      [action, subject],
    );
    return JSON.parse(row!.change_json);
  }
});

function wanted(
  gates: Readonly<Record<string, readonly string[]>>,
): { channel: string; gates: readonly string[] }[] {
  return Object.entries(gates).map(([channel, list]) => ({ channel, gates: list }));
}

function listed(values: Values): { name: string; value: unknown }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
