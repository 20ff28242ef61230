import { move, namedBy } from '../builders/channels';
import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import { entriesOf, registryRows } from '../builders/tables';
import { sha256Of } from '../trust/support';

/** Chapter 7, "Vulnerabilities": reported by scanners, shown with the version, and what they bar from `stable`. */

const SCAN = 'vulnerabilities { scanner scannedAt warning records { id severity summary withdrawn } }';
const DAY = 86_400_000;

/** A list of OSV records; `UNKNOWN` is one that nobody rated. */
function osv(severities: Readonly<Record<string, string>>, more: object = {}): string {
  return JSON.stringify(
    Object.entries(severities).map(([id, severity]) => ({
      id,
      modified: '2026-01-02T03:04:05Z',
      summary: `about ${id}`,
      ...(severity !== 'UNKNOWN' && { database_specific: { severity } }),
      ...more,
    })),
  );
}

describeOnEachServer('vulnerabilities', (world) => {
  let ann: Client;
  let scanner: Client;
  let otto: Client;
  let n = 0;

  beforeAll(async () => {
    ann = await world().user('ann');
    await world().user('max');
    otto = await world().user('otto');
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER' } });
    scanner = await world().key('max', { scopes: ['publish'] });
  });

  async function fresh(policy?: object): Promise<string> {
    n += 1;
    const ref = `acme/v${n}`;
    await world().algorithm(ref);
    await world().publish(ref, '1.0.0');
    if (policy !== undefined) await setPolicy(ref, policy);
    return ref;
  }

  const setPolicy = (algorithm: string, vulnerabilities: object): Promise<unknown> =>
    ann.mutate('updateAlgorithm', { algorithm, policies: { vulnerabilities } });

  const report = (version: string, records: string, more: object = {}, by = scanner): Promise<string> =>
    by.attempt('reportVulnerabilities', { version, scanner: 'osv-scanner 2', records, ...more });

  const stableOf = (ref: string): Promise<string> => namedBy(otto, `${ref}/stable`);

  async function scanOf(version: string, by: Client): Promise<unknown> {
    const answer = await by.graphql(`query ($v: String!) { version(ref: $v) { ${SCAN} } }`, { v: version });
    expect(answer.errors).toEqual([]);
    return answer.at('version.vulnerabilities');
  }

  test('are shown with their version, to whoever sees it; the newest scan holds', async () => {
    const ref = await fresh();
    const version = `${ref}/1.0.0`;
    expect(await scanOf(version, otto)).toBeNull();
    const records = osv({ 'GHSA-1': 'HIGH', 'CVE-2': 'UNKNOWN' });
    const scannedAt = new Date(Date.now() - DAY).toISOString();
    const reporting = async (): Promise<void> => {
      expect(await report(version, records, { scannedAt })).toBe('OK');
    };
    expect(await entriesOf(world(), 'acme', reporting)).toEqual([
      {
        chain: 'public',
        action: 'vulnerabilities.reported',
        subject: version,
        actor: expect.stringContaining('user:max key:'),
      },
    ]);
    expect(await newestDetail()).toEqual({
      version: '1.0.0',
      scanner: 'osv-scanner 2',
      scannedAt,
      records: 2,
      worst: 'UNKNOWN',
      sha256: sha256Of(records),
      entered: [],
    });
    const expected = {
      scanner: 'osv-scanner 2',
      scannedAt,
      warning: 'known to have CVE-2, of severity UNKNOWN and 1 more',
      records: [
        { id: 'GHSA-1', severity: 'HIGH', summary: 'about GHSA-1', withdrawn: false },
        { id: 'CVE-2', severity: 'UNKNOWN', summary: 'about CVE-2', withdrawn: false },
      ],
    };
    for (const client of [ann, otto, world().anonymous]) {
      expect(await scanOf(version, client)).toEqual(expected);
    }
    const withdrawn = osv({ 'GHSA-1': 'HIGH' }, { withdrawn: '2026-02-03T00:00:00Z' });
    expect(await report(version, withdrawn)).toBe('OK');
    expect(await scanOf(version, otto)).toMatchObject({ warning: null, records: [{ withdrawn: true }] });
  });

  test('bar a release from stable until a scan passes, and fail closed', async () => {
    const ref = await fresh({ maxSeverity: 'MEDIUM', maxAgeDays: 10 });
    // what was let in stays in
    expect(await stableOf(ref)).toBe('1.0.0');
    await world().publish(ref, '1.1.0');
    expect(await stableOf(ref)).toBe('1.0.0');
    const old = new Date(Date.now() - 11 * DAY).toISOString();
    for (const [records, more] of [
      [osv({}), { scannedAt: old }],
      [osv({ a: 'HIGH' }), {}],
      [osv({ a: 'UNKNOWN' }), {}],
    ] as const) {
      expect(await report(`${ref}/1.1.0`, records, more)).toBe('OK');
      expect(await stableOf(ref)).toBe('1.0.0');
    }
    expect(await report(`${ref}/1.1.0`, osv({ a: 'MODERATE' }))).toBe('OK');
    expect(await newestDetail()).toMatchObject({ entered: ['stable'] });
    expect(await stableOf(ref)).toBe('1.1.0');
    // what was let in stays in, with the warning shown
    expect(await report(`${ref}/1.1.0`, osv({ b: 'CRITICAL' }))).toBe('OK');
    expect(await stableOf(ref)).toBe('1.1.0');
    expect(await scanOf(`${ref}/1.1.0`, otto)).toMatchObject({
      warning: 'known to have b, of severity CRITICAL',
    });
  });

  test('entering by a scan is history: what stable named then, it named', async () => {
    const ref = await fresh({ maxSeverity: 'LOW' });
    await world().publish(ref, '1.1.0');
    const before = valueAt((await otto.resolve(`${ref}/stable`)).json, 'position');
    await report(`${ref}/1.1.0`, osv({}));
    const after = valueAt((await otto.resolve(`${ref}/stable`)).json, 'position');
    const asOf = async (position: unknown): Promise<unknown> =>
      valueAt((await otto.http(`/v1/resolve/${ref}/stable?asOf=${String(position)}`)).json, 'version');
    expect([await asOf(before), await asOf(after)]).toEqual(['1.0.0', '1.1.0']);
  });

  test('gates and scans are both asked', async () => {
    const ref = await fresh({ maxSeverity: 'LOW' });
    const gates = (list: string[]) =>
      ann.mutate('updateAlgorithm', {
        algorithm: ref,
        policies: { gates: [{ channel: 'stable', gates: list }] },
      });
    await gates(['recall >= 0.9']);
    await world().publish(ref, '1.1.0');
    const measure = (version: string) =>
      scanner.mutate('submitGateReport', { version, gates: [{ name: 'recall', value: 0.95 }] });
    await measure(`${ref}/1.1.0`);
    expect(await stableOf(ref)).toBe('1.0.0');
    await report(`${ref}/1.1.0`, osv({}));
    expect(await stableOf(ref)).toBe('1.1.0');
    await world().publish(ref, '1.2.0');
    await report(`${ref}/1.2.0`, osv({}));
    expect(await stableOf(ref)).toBe('1.1.0');
    await measure(`${ref}/1.2.0`);
    expect(await stableOf(ref)).toBe('1.2.0');
    // without gates the policy still holds, and without it nothing does
    await world().publish(ref, '1.3.0');
    await gates([]);
    expect(await stableOf(ref)).toBe('1.2.0');
    await setPolicy(ref, { maxSeverity: 'ANY' });
    expect(await newestDetail()).toMatchObject({ enteredAll: true });
    expect(await stableOf(ref)).toBe('1.3.0');
  });

  test('a promotion enters by the scan of what was private, and an approval by that of what waited', async () => {
    const ref = await fresh({ maxSeverity: 'LOW' });
    for (const version of ['1.1.0', '1.2.0']) await world().publish(ref, version, { visibility: 'PRIVATE' });
    const entries = await entriesOf(world(), 'acme', () => report(`${ref}/1.1.0`, osv({ a: 'LOW' })));
    expect(entries).toMatchObject([{ chain: 'private', action: 'vulnerabilities.reported' }]);
    await ann.mutate('promoteVersion', { version: `${ref}/1.1.0` });
    expect(await stableOf(ref)).toBe('1.1.0');
    await ann.mutate('promoteVersion', { version: `${ref}/1.2.0` });
    expect(await stableOf(ref)).toBe('1.1.0');

    await ann.mutate('updateAlgorithm', { algorithm: ref, policies: { protectStable: 'EVERY' } });
    for (const version of ['1.3.0', '1.4.0']) await world().publish(ref, version);
    await report(`${ref}/1.3.0`, osv({}));
    for (const version of ['1.4.0', '1.3.0'])
      await ann.mutate('approveVersion', { version: `${ref}/${version}` });
    expect(await stableOf(ref)).toBe('1.3.0');
  });

  test('where stable is a pointer, it does not move to what is barred', async () => {
    const ref = await fresh({ maxSeverity: 'LOW', maxAgeDays: 5 });
    await world().publish(ref, '1.1.0');
    const before = await registryRows(world());
    const moving = () => move(ann, ref, 'stable', ['1.0.0', '1.1.0']);
    expect(await moving()).toEqual({
      version: null,
      code: 'VULNERABILITY_DENIED',
      message: '1.1.0 was never scanned',
      field: ['to'],
    });
    expect(await registryRows(world())).toEqual(before);
    await report(`${ref}/1.1.0`, osv({ 'GHSA-1': 'HIGH' }));
    expect((await moving()).message).toBe('1.1.0 has GHSA-1 of severity HIGH, and the policy takes LOW');
    // other channels are not asked
    expect(await move(ann, ref, 'canary', [null, '1.1.0'])).toMatchObject({ code: 'OK' });
    await report(`${ref}/1.1.0`, osv({}));
    expect(await move(ann, ref, 'stable', ['1.1.0', '1.0.0'])).toMatchObject({ code: 'OK' });
  });

  test('a prerelease enters no stable by a scan', async () => {
    const ref = await fresh({ maxSeverity: 'LOW' });
    await world().publish(ref, '1.1.0-rc.1');
    expect(await report(`${ref}/1.1.0-rc.1`, osv({}))).toBe('OK');
    expect(await stableOf(ref)).toBe('1.0.0');
  });

  test('of a private version nobody else hears, and of what was taken down nobody', async () => {
    const ref = await fresh();
    await world().publish(ref, '1.1.0', { visibility: 'PRIVATE' });
    expect(await report(`${ref}/1.1.0`, osv({ a: 'HIGH' }))).toBe('OK');
    const hidden = await otto.graphql(`{ version(ref: "${ref}/1.1.0") { ${SCAN} } }`);
    const missing = await otto.graphql(`{ version(ref: "${ref}/1.9.0") { ${SCAN} } }`);
    expect(hidden.text.replaceAll('1.1.0', '1.9.0')).toBe(missing.text);
    expect(await report(`${ref}/1.1.0`, osv({}), {}, otto)).toBe('NOT_FOUND');
    const takedown = { version: `${ref}/1.1.0`, reason: 'a court' };
    const payload = await world().operator.mutate('takeDownVersion', takedown, `version { ${SCAN} }`);
    expect(valueAt(payload, 'version.vulnerabilities')).toBeNull();
    expect(await report(`${ref}/1.1.0`, osv({}))).toBe('GONE');
  });

  test('are reported by those who may publish', async () => {
    const ref = await fresh();
    const before = await registryRows(world());
    expect(await report(`${ref}/1.0.0`, osv({}), {}, otto)).toBe('FORBIDDEN');
    expect(await report(`${ref}/1.0.0`, osv({}), {}, world().anonymous)).toBe('UNAUTHENTICATED');
    expect(await registryRows(world())).toEqual(before);
  });

  test.each<[string, string, object, string]>([
    ['no JSON', 'none', {}, 'INVALID_INPUT'],
    ['no list', '{}', {}, 'INVALID_INPUT'],
    ['one twice', '[{"id":"a","id":"a"}]', {}, 'INVALID_INPUT'],
    ['too much', `[${' '.repeat(524_288)}]`, {}, 'TOO_LARGE'],
    ['no scanner', '[]', { scanner: ' ' }, 'INVALID_INPUT'],
    ['the future', '[]', { scannedAt: new Date(Date.now() + DAY).toISOString() }, 'INVALID_INPUT'],
    ['before the last', '[]', { scannedAt: new Date(Date.now() - 2 * DAY).toISOString() }, 'INVALID_INPUT'],
  ])('a report of %s is refused, and nothing is changed', async (_what, records, more, code) => {
    const ref = await fresh();
    const scannedAt = new Date(Date.now() - DAY).toISOString();
    await report(`${ref}/1.0.0`, osv({}), { scannedAt });
    const before = await registryRows(world());
    expect(await report(`${ref}/1.0.0`, records, more)).toBe(code);
    expect(await registryRows(world())).toEqual(before);
  });

  test('the policy is set by admins, in one private entry', async () => {
    const ref = await fresh();
    const policies = { vulnerabilities: { maxSeverity: 'HIGH' } };
    expect(await scanner.attempt('updateAlgorithm', { algorithm: ref, policies })).toBe('FORBIDDEN');
    const setting = (): Promise<unknown> => ann.mutate('updateAlgorithm', { algorithm: ref, policies });
    expect(await entriesOf(world(), 'acme', setting)).toMatchObject([{ chain: 'private' }]);
    expect(await newestDetail()).toEqual({
      policies: { vulnerabilities: { maxSeverity: 'HIGH', maxAgeDays: 30 } },
    });
    expect(await entriesOf(world(), 'acme', setting)).toEqual([]);
    const wrong = { algorithm: ref, policies: { vulnerabilities: { maxAgeDays: 0 } } };
    expect(await ann.attempt('updateAlgorithm', wrong)).toBe('INVALID_INPUT');
  });

  test('rows are immutable', async () => {
    const { database } = world().server.app;
    for (const sql of ['UPDATE vulnerability_scans SET scanned_at = 0', 'DELETE FROM vulnerability_scans']) {
      await expect(database.write((tx) => tx.query(sql))).rejects.toThrow(/rows are immutable/);
    }
  });

  test('a list costs queries that do not grow with it', async () => {
    const ref = await fresh();
    for (let at = 1; at < 12; at += 1) {
      await world().publish(ref, `1.${at}.0`);
      for (const severity of ['LOW', 'HIGH']) await report(`${ref}/1.${at}.0`, osv({ [`a${at}`]: severity }));
    }
    const { database } = world().server.app;
    await settle(database);
    const query = `query ($first: Int!) { algorithm(ref: "${ref}") { versions(first: $first) { nodes { ${SCAN} } } } }`;
    const ask = (first: number) => async (): Promise<void> => {
      const answer = await otto.graphql(query, { first });
      expect(answer.errors).toEqual([]);
      expect(answer.at('algorithm.versions.nodes.0.vulnerabilities.records.0')).toMatchObject({
        severity: 'HIGH',
      });
    };
    await ask(11)();
    const few = await statementsOf(database, ask(4));
    const all = await statementsOf(database, ask(11));
    const ofScans = (asked: string[]): number =>
      asked.filter((sql) => /vulnerability_scans/.test(sql)).length;
    expect([few, all].map(ofScans)).toEqual([2, 2]);
  });

  async function newestDetail(): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ detail: string }[]>(
      'SELECT change_json AS detail FROM ledger_entries ORDER BY at DESC LIMIT 1',
    );
    return JSON.parse(row!.detail) as unknown;
  }
});
