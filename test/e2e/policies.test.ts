import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { entriesOf, registryRows } from '../builders/tables';

/** Chapter 3: what an algorithm asks of its releases, set by its admins and shown to its members. */

const POLICIES =
  'interface interfaceTransitive checkInput protectStable deprecationDays deprecationMinors requireSignature licences { allow deny } vulnerabilities { maxSeverity maxAgeDays }';
const DEFAULTS = {
  interface: 'ENFORCE',
  interfaceTransitive: false,
  checkInput: true,
  protectStable: 'NONE',
  deprecationDays: 180,
  deprecationMinors: 2,
  requireSignature: false,
  licences: { allow: [], deny: [] },
  vulnerabilities: { maxSeverity: 'ANY', maxAgeDays: 30 },
};

describeOnEachServer('policies', (world) => {
  const clients: Record<string, Client> = {};
  let made = 0;

  beforeAll(async () => {
    for (const handle of ['ann', 'max', 'mia', 'gus', 'otto']) clients[handle] = await world().user(handle);
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
  });

  async function listed(): Promise<string> {
    made += 1;
    const ref = `acme/a${made}`;
    await world().algorithm(ref);
    await world().publish(ref, '1.0.0');
    return ref;
  }

  async function policiesOf(ref: string, by: Client): Promise<unknown> {
    const answer = await by.graphql(
      `query ($r: String!) { algorithm(ref: $r) { policies { ${POLICIES} } } }`,
      { r: ref },
    );
    expect(answer.errors).toEqual([]);
    return answer.at('algorithm.policies');
  }

  async function newestDetail(): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ detail: string }[]>(
      'SELECT change_json AS detail FROM ledger_entries ORDER BY at DESC LIMIT 1',
    );
    return JSON.parse(row!.detail) as unknown;
  }

  const update = (by: string, input: object) => clients[by]!.attempt('updateAlgorithm', input);

  test('they begin with the defaults, and what is not said stays', async () => {
    const ref = await listed();
    expect(await policiesOf(ref, clients['ann']!)).toEqual(DEFAULTS);
    expect(
      await update('ann', { algorithm: ref, policies: { protectStable: 'MINOR', deprecationDays: 0 } }),
    ).toBe('OK');
    expect(await update('ann', { algorithm: ref, policies: { interface: 'WARN', checkInput: null } })).toBe(
      'OK',
    );
    const expected = { ...DEFAULTS, protectStable: 'MINOR', deprecationDays: 0, interface: 'WARN' };
    expect(await policiesOf(ref, clients['ann']!)).toEqual(expected);
  });

  test('members see them, others do not', async () => {
    const ref = await listed();
    await world().grant(`${ref}/1`, 'gus');
    for (const member of ['ann', 'max', 'mia']) {
      expect(await policiesOf(ref, clients[member]!)).toEqual(DEFAULTS);
    }
    expect(await policiesOf(ref, world().operator)).toEqual(DEFAULTS);
    for (const other of [clients['gus']!, clients['otto']!, world().anonymous]) {
      expect(await policiesOf(ref, other)).toBeNull();
    }
    expect(await policiesOf(ref, await world().key('ann', { scopes: ['read:otto/*'] }))).toBeNull();
  });

  test('an admin sets them; a maintainer describes', async () => {
    const ref = await listed();
    const policies = { protectStable: 'EVERY' };
    expect(await update('max', { algorithm: ref, policies })).toBe('FORBIDDEN');
    expect(await update('max', { algorithm: ref, summary: 'new', policies })).toBe('FORBIDDEN');
    expect(await update('mia', { algorithm: ref, policies })).toBe('FORBIDDEN');
    expect(await policiesOf(ref, clients['ann']!)).toEqual(DEFAULTS);
    expect(await update('max', { algorithm: ref, summary: 'new' })).toBe('OK');
    expect(await update('ann', { algorithm: ref, policies })).toBe('OK');
  });

  test('one entry says what changed, and nothing where nothing did', async () => {
    const ref = await listed();
    const input = { algorithm: ref, policies: { interface: 'WARN', checkInput: true, deprecationMinors: 3 } };
    const entries = await entriesOf(world(), 'acme', () => update('ann', input));
    // outsiders do not see them: a public chain does not move
    expect(entries).toEqual([
      {
        chain: 'private',
        action: 'algorithm.updated',
        subject: ref,
        actor: expect.stringContaining('user:ann'),
      },
    ]);
    expect(await newestDetail()).toEqual({ policies: { interface: 'WARN', deprecationMinors: 3 } });
    expect(await entriesOf(world(), 'acme', () => update('ann', input))).toEqual([]);
    expect(await entriesOf(world(), 'acme', () => update('ann', { algorithm: ref, policies: {} }))).toEqual(
      [],
    );
    const both = { algorithm: ref, summary: 'other', policies: { interface: 'ENFORCE' } };
    expect(await entriesOf(world(), 'acme', () => update('ann', both))).toMatchObject([{ chain: 'public' }]);
    expect(await newestDetail()).toMatchObject({ changed: ['summary'], policies: { interface: 'ENFORCE' } });
  });

  test.each([
    { deprecationDays: -1 },
    { deprecationDays: 3651 },
    { deprecationMinors: -1 },
    { deprecationMinors: 101 },
  ])('%j is INVALID_INPUT', async (policies) => {
    const ref = await listed();
    const before = await registryRows(world());
    expect(await update('ann', { algorithm: ref, policies })).toBe('INVALID_INPUT');
    expect(await registryRows(world())).toEqual(before);
  });
});
