import { valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { Releases, SDL } from '../builders/releases';
import { registryRows } from '../builders/tables';

/** Chapter 3, "Interface compatibility": what a publication is compared with, refused for, and what is kept of it. */

const { detect, described, added, second, removed } = SDL;
const none = undefined;
const PRIVATE = { visibility: 'PRIVATE' } as const;
const SAME = { severity: 'SAFE', requiredBump: 'REVISION', changes: [] };

describeOnEachServer('interface compatibility', (world) => {
  const releases = new Releases(world, 'ann', () => world().operator);

  beforeAll(() => world().user('ann'));

  describe('what is refused, and for what', () => {
    test.each([
      ['a removed function', '1.0.0', detect, '1.0.1', removed, 'BUMP_TOO_SMALL'],
      ['a removed function', '1.0.0', detect, '1.1.0', removed, 'BUMP_TOO_SMALL'],
      ['a removed function', '1.0.0', detect, '2.0.0', removed, 'OK'],
      ['an added function', '1.0.0', detect, '1.0.1', added, 'BUMP_TOO_SMALL'],
      ['an added function', '1.0.0', detect, '1.1.0', added, 'OK'],
      ['a description', '1.0.0', detect, '1.0.1', described, 'OK'],
      ['an interface taken away', '1.0.0', detect, '1.1.0', none, 'BUMP_TOO_SMALL'],
      ['a first interface', '1.0.0', none, '1.0.1', detect, 'BUMP_TOO_SMALL'],
      ['a first interface', '1.0.0', none, '1.1.0', detect, 'OK'],
      ['no interface at all', '1.0.0', none, '1.0.1', none, 'OK'],
      // while the major is 0
      ['a removed function', '0.1.0', detect, '0.1.1', removed, 'BUMP_TOO_SMALL'],
      ['a removed function', '0.1.0', detect, '0.2.0', removed, 'OK'],
      ['an added function', '0.1.0', detect, '0.1.1', added, 'OK'],
      // what opens a major is told, and never refused; nor is a prerelease
      ['a removed function', '0.9.0', detect, '1.0.0', removed, 'OK'],
      ['a removed function', '1.0.0', detect, '1.0.1-rc.1', removed, 'OK'],
      ['a removed function', '0.1.0', detect, '0.1.1-alpha', removed, 'OK'],
    ])('%s, from %s %# ', async (_what, before, was, version, is, code) => {
      const ref = await releases.algorithm([before, was]);
      expect(await releases.attempt(ref, is, { version })).toMatchObject({ code });
    });

    test('a refusal lists the changes, the worst first, and leaves nothing', async () => {
      const ref = await releases.algorithm(['1.0.0', detect]);
      const sha = await world().build(ref, { interface: removed });
      const before = await registryRows(world());
      expect(await releases.attemptBuild(ref, sha, { version: '1.1.0' })).toEqual({
        sha,
        version: null,
        state: null,
        report: null,
        code: 'BUMP_TOO_SMALL',
        message:
          'the interface of 1.1.0 needs a MAJOR bump from 1.0.0: ' +
          'BREAKING Query.detect was removed. SAFE Query.train was added.',
      });
      expect(await registryRows(world())).toEqual(before);
    });

    test('the policy WARN publishes, and keeps the report with the version', async () => {
      const ref = await releases.algorithm(['1.0.0', detect]);
      await releases.policies(ref, { interface: 'WARN' });
      const { version, report } = await releases.attempt(ref, removed, { version: '1.0.1' });
      expect(version).toBe('1.0.1');
      expect(report).toEqual({
        severity: 'BREAKING',
        requiredBump: 'MAJOR',
        changes: [
          expect.objectContaining({ severity: 'BREAKING', path: 'Query.detect' }),
          expect.objectContaining({ severity: 'SAFE', path: 'Query.train' }),
        ],
      });
      expect(await releases.reportOf(`${ref}/1.0.1`, world().anonymous)).toEqual(report);
    });

    test('a prerelease keeps its report', async () => {
      const ref = await releases.algorithm(['1.0.0', detect]);
      const { report } = await releases.attempt(ref, removed, { version: '1.0.1-rc.1' });
      expect(report).toMatchObject({ severity: 'BREAKING', requiredBump: 'MAJOR' });
      expect(await releases.reportOf(`${ref}/1.0.1-rc.1`)).toEqual(report);
    });

    test.each([
      ['REVISION', 'BUMP_TOO_SMALL', null],
      ['MINOR', 'BUMP_TOO_SMALL', null],
      ['MAJOR', 'OK', '2.0.0'],
    ])('a bump of %s is judged like a version', async (bump, code, version) => {
      const ref = await releases.algorithm(['1.0.0', detect]);
      expect(await releases.attempt(ref, removed, { bump })).toMatchObject({ code, version });
    });
  });

  describe('what a version is compared with', () => {
    test('nothing: a first version, and one where neither has an interface, have no report', async () => {
      const ref = await releases.algorithm(['1.0.0', detect], ['2.0.0'], ['2.0.1']);
      expect(await releases.reportOf(`${ref}/1.0.0`)).toBeNull();
      expect(await releases.reportOf(`${ref}/2.0.0`)).toMatchObject({ severity: 'BREAKING' });
      expect(await releases.reportOf(`${ref}/2.0.1`)).toBeNull();
    });

    test('the highest release below it in its major, and nothing above it', async () => {
      const ref = await releases.algorithm(['1.0.5', detect], ['1.1.0', added], ['2.0.0', second]);
      expect(await releases.attempt(ref, detect, { version: '1.0.6' })).toMatchObject({
        version: '1.0.6',
        report: SAME,
      });
      expect(await releases.attempt(ref, added, { version: '1.0.7' })).toMatchObject({
        code: 'BUMP_TOO_SMALL',
      });
    });

    test('no prerelease', async () => {
      const ref = await releases.algorithm(['1.0.0', detect], ['1.1.0-rc.1', removed]);
      expect(await releases.attempt(ref, detect, { version: '1.1.0' })).toMatchObject({ report: SAME });
    });

    test('for one that opens a major the highest release below it, for information', async () => {
      const ref = await releases.algorithm(['1.0.0', detect], ['1.1.0', added]);
      const { report } = await releases.attempt(ref, detect, { version: '3.0.0' });
      expect(report).toEqual({
        severity: 'BREAKING',
        requiredBump: 'MAJOR',
        changes: [expect.objectContaining({ severity: 'BREAKING', path: 'Query.train' })],
      });
    });

    test('one that was yanked: it was published', async () => {
      const ref = await releases.algorithm(['1.0.0', detect], ['1.1.0', added]);
      await world().yank(`${ref}/1.1.0`);
      expect(await releases.attempt(ref, detect, { version: '1.1.1' })).toMatchObject({
        code: 'BUMP_TOO_SMALL',
      });
    });

    test('none that was taken down, whose own report is hidden from then on', async () => {
      const ref = await releases.algorithm(['1.0.0', detect], ['1.1.0', added]);
      const listed = async () => {
        const query = `{ algorithm(ref: "${ref}") { versions { nodes { version interfaceReport { severity } } } } }`;
        return (await world().operator.graphql(query)).at('algorithm.versions.nodes.0');
      };
      expect(await listed()).toEqual({ version: '1.1.0', interfaceReport: { severity: 'SAFE' } });
      await world().operator.mutate('takeDownVersion', { version: `${ref}/1.1.0`, reason: 'a court' });
      expect(await listed()).toEqual({ version: '1.1.0', interfaceReport: null });
      expect(await releases.attempt(ref, detect, { version: '1.1.1' })).toMatchObject({ report: SAME });
    });

    test('by a transitive policy all releases below it in its major', async () => {
      // 1.1.0 forgot, under WARN, what 1.0.0 had: 1.2.0 breaks nothing of 1.1.0
      const ref = await releases.algorithm(['0.9.0', detect], ['1.0.0', second]);
      await releases.policies(ref, { interface: 'WARN' });
      await releases.publish(ref, '1.1.0', detect);
      await releases.policies(ref, { interface: 'ENFORCE' });
      expect(await releases.attempt(ref, added, { version: '1.2.0' })).toMatchObject({
        version: '1.2.0',
        report: { severity: 'SAFE', requiredBump: 'MINOR' },
      });
      await releases.policies(ref, { interfaceTransitive: true });
      expect(await releases.attempt(ref, added, { version: '1.3.0' })).toMatchObject({
        code: 'BUMP_TOO_SMALL',
        message: 'the interface of 1.3.0 needs a MAJOR bump from 1.0.0: BREAKING Query.test was removed.',
      });
      await releases.policies(ref, { interface: 'WARN' });
      const { report } = await releases.attempt(ref, added, { version: '1.3.0' });
      expect(report).toEqual({
        severity: 'BREAKING',
        requiredBump: 'MAJOR',
        changes: [
          expect.objectContaining({ severity: 'BREAKING', path: 'Query.test' }),
          expect.objectContaining({ severity: 'SAFE', path: 'Query.train' }),
        ],
      });
    });
  });

  describe('private versions', () => {
    test('a public report, and a public refusal, are the same with and without a private predecessor', async () => {
      const twins = [
        await releases.algorithm(['1.0.0', detect]),
        await releases.algorithm(['1.0.0', detect]),
      ];
      await releases.publish(twins[0]!, '1.1.0', second, PRIVATE);
      const worlds = [];
      for (const ref of twins) {
        const tooSmall = await releases.attempt(ref, removed, { version: '1.2.0' });
        const published = await releases.attempt(ref, added, { version: '1.3.0' });
        const kept = await releases.reportOf(`${ref}/1.3.0`, world().anonymous);
        const shown = await releases.reportOf(`${ref}/1.3.0`);
        worlds.push(JSON.stringify([tooSmall.message, published.report, kept, shown]));
        expect(kept).toEqual(published.report);
      }
      expect(worlds[0]).toBe(worlds[1]);
      expect(worlds[0]).toContain('"requiredBump":"MINOR"');
    });

    test('a private version is compared with private ones too', async () => {
      const ref = await releases.algorithm(['1.0.0', detect], ['1.1.0', second, PRIVATE]);
      expect(await releases.attempt(ref, added, { version: '1.2.0', ...PRIVATE })).toMatchObject({
        code: 'BUMP_TOO_SMALL',
      });
      expect(await releases.attempt(ref, second, { version: '1.2.0', ...PRIVATE })).toMatchObject({
        report: SAME,
      });
    });

    test('who was granted one private major learns nothing of another', async () => {
      const gus = await world().user('gus');
      const ref = await releases.algorithm(
        ['1.0.0', second, { permissions: PRIVATE }],
        ['2.0.0', detect, { permissions: PRIVATE }],
      );
      await releases.publish(ref, '2.1.0', added);
      await world().grant(`${ref}/2`, 'gus');
      expect(await releases.reportOf(`${ref}/2.0.0`)).toMatchObject({ severity: 'BREAKING' });
      expect(await releases.reportOf(`${ref}/2.0.0`, gus)).toBeNull();
      expect(await releases.reportOf(`${ref}/2.1.0`, gus)).toMatchObject({ severity: 'SAFE' });
    });
  });

  test('of a report that is too large to keep the last changes are left out; severity and bump are exact', async () => {
    const fields = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, at) => `${prefix}${'x'.repeat(100)}${at}: Int`).join(' ');
    const ref = await releases.algorithm(['1.0.0', `type Query { gone: Int ${fields(1, 'a')} }`]);
    const { report } = await releases.attempt(ref, `type Query { ${fields(400, 'a')} }`, {
      version: '2.0.0',
    });
    expect(report).toMatchObject({ severity: 'BREAKING', requiredBump: 'MAJOR' });
    const changes = valueAt(report, 'changes') as readonly object[];
    expect(changes[0]).toMatchObject({ severity: 'BREAKING', path: 'Query.gone' });
    expect(changes.length).toBeGreaterThan(150);
    expect(changes.length).toBeLessThan(400);
    const [row] = await world().server.app.database.reads.query<{ bytes: number }[]>(
      'SELECT LENGTH(report_json) AS bytes FROM interface_reports ORDER BY LENGTH(report_json) DESC LIMIT 1',
    );
    expect(row!.bytes).toBeGreaterThan(59_000);
    expect(row!.bytes).toBeLessThanOrEqual(60_000);
    expect(await releases.reportOf(`${ref}/2.0.0`)).toEqual(report);
  });
});
