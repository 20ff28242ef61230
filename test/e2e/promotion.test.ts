import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { IS_DISTRIBUTED } from '../builders/server';
import { allStatementsOf } from '../builders/statements';
import { Releases, SDL } from '../builders/releases';
import { entriesOf, registryRows } from '../builders/tables';
import { shaOf } from '../builders/world';
import { versionKey } from '../../src/domain/version';

/** Chapter 2, "Visibility of one version": a promotion is judged like a public publication; all of a major, or none. */

const { detect, added, second, removed } = SDL;
const PRIVATE = { visibility: 'PRIVATE' } as const;
const SAME = { severity: 'SAFE', requiredBump: 'REVISION', changes: [] };

describeOnEachServer('promotion', (world) => {
  let ann: Client;
  const releases = new Releases(world, 'ann', () => ann);

  beforeAll(async () => {
    ann = await world().user('ann');
  });

  /** The detail of the newest entry of the ledger. */
  async function newestDetail(): Promise<Record<string, unknown>> {
    const [row] = await world().server.app.database.reads.query<{ detail: string }[]>(
      'SELECT change_json AS detail FROM ledger_entries ORDER BY at DESC LIMIT 1',
    );
    return JSON.parse(row!.detail) as Record<string, unknown>;
  }

  test('it is compared with what is public, and its report is then the public one', async () => {
    const ref = await releases.algorithm(
      ['1.0.0', detect],
      ['1.1.0', second, PRIVATE],
      ['1.1.1', second, PRIVATE],
    );
    expect(await releases.reportOf(`${ref}/1.1.1`)).toEqual(SAME);
    await ann.mutate('promoteVersion', { version: `${ref}/1.1.1` });
    const report = await releases.reportOf(`${ref}/1.1.1`, world().anonymous);
    expect(report).toEqual({
      severity: 'SAFE',
      requiredBump: 'MINOR',
      changes: [
        expect.objectContaining({ path: 'Query.test' }),
        expect.objectContaining({ path: 'Query.train' }),
      ],
    });
    expect(await releases.reportOf(`${ref}/1.1.1`)).toEqual(report);
  });

  test('what was compared with a private version alone has no public report', async () => {
    const ref = await releases.algorithm(['1.0.0', detect, PRIVATE], ['1.1.0', added, PRIVATE]);
    expect(await releases.reportOf(`${ref}/1.1.0`)).toMatchObject({ severity: 'SAFE' });
    await ann.mutate('promoteVersion', { version: `${ref}/1.1.0` });
    expect(await releases.reportOf(`${ref}/1.1.0`)).toBeNull();
  });

  test('too small a bump over what is public is refused, and nothing changes', async () => {
    const ref = await releases.algorithm(['1.0.0', second], ['1.1.0', second, PRIVATE]);
    await releases.policies(ref, { interface: 'WARN' });
    await releases.publish(ref, '1.2.0', detect, PRIVATE);
    await releases.policies(ref, { interface: 'ENFORCE' });
    const before = await registryRows(world());
    expect(await ann.attempt('promoteVersion', { version: `${ref}/1.2.0` })).toBe('BUMP_TOO_SMALL');
    expect(await registryRows(world())).toEqual(before);
    await releases.policies(ref, { interface: 'WARN' });
    expect(await ann.attempt('promoteVersion', { version: `${ref}/1.2.0` })).toBe('OK');
    expect(await releases.reportOf(`${ref}/1.2.0`)).toMatchObject({ severity: 'BREAKING' });
  });

  test('its entry says all that resolution needs', async () => {
    const ref = await releases.algorithm(['1.0.0', detect]);
    const { sha, version } = await releases.publish(ref, '1.0.1', detect, PRIVATE);
    await ann.mutate('promoteVersion', { version: `${ref}/${version}` });
    expect(await newestDetail()).toEqual({ version, sha, yanked: false, entered: ['stable'] });
    const prerelease = await releases.publish(ref, '1.1.0-rc.1', detect, PRIVATE);
    await world().yank(prerelease.ref);
    await ann.mutate('promoteVersion', { version: prerelease.ref });
    expect(await newestDetail()).toEqual({
      version: '1.1.0-rc.1',
      sha: prerelease.sha,
      yanked: true,
      entered: [],
    });
  });

  describe('of all versions of a major', () => {
    const open = (ref: string, input: object = {}) =>
      ann.attempt('setMajorPermissions', { major: `${ref}/1`, promoteExisting: true, ...input });

    test('the lowest first, each compared with those before it', async () => {
      const ref = await releases.algorithm(
        ['0.9.0', detect],
        ['1.0.0', detect, { permissions: PRIVATE }],
        ['1.1.0', added],
        ['1.2.0-rc.1', removed],
        ['1.2.0', second],
      );
      const added_ = await entriesOf(world(), 'ann', async () => {
        expect(await open(ref, { visibility: 'PUBLIC' })).toBe('OK');
      });
      expect(added_).toMatchObject([{ chain: 'public', action: 'major.permissionsSet' }]);
      const reports = [];
      for (const version of ['1.0.0', '1.1.0', '1.2.0-rc.1', '1.2.0']) {
        reports.push(await releases.reportOf(`${ref}/${version}`, world().anonymous));
      }
      const change = (path: string) => expect.objectContaining({ path });
      expect(reports).toEqual([
        SAME, // against 0.9.0, for information
        { severity: 'SAFE', requiredBump: 'MINOR', changes: [change('Query.train')] },
        { severity: 'BREAKING', requiredBump: 'MAJOR', changes: [change('Query.detect')] },
        { severity: 'SAFE', requiredBump: 'MINOR', changes: [change('Query.test')] },
      ]);
      const stable = (await world().anonymous.resolve(`${ref}/stable`)).json;
      expect(stable).toMatchObject({ version: '1.2.0' });
    });

    test('all, or none: one that would break what is public holds up the others', async () => {
      const ref = await releases.algorithm(['1.0.0', detect, { permissions: PRIVATE }]);
      await releases.policies(ref, { interface: 'WARN' });
      await releases.publish(ref, '1.1.0', removed);
      await releases.publish(ref, '1.2.0', removed);
      await releases.policies(ref, { interface: 'ENFORCE' });
      const before = await registryRows(world());
      const refused = await ann.mutation(
        'setMajorPermissions',
        { major: `${ref}/1`, visibility: 'PUBLIC', promoteExisting: true },
        '',
      );
      expect(refused.at('setMajorPermissions.userErrors')).toEqual([
        {
          code: 'BUMP_TOO_SMALL',
          message:
            'the interface of 1.1.0 needs a MAJOR bump from 1.0.0: ' +
            'BREAKING Query.detect was removed. SAFE Query.train was added.',
          field: ['promoteExisting'],
        },
      ]);
      expect(await registryRows(world())).toEqual(before);
    });

    test('a transitive policy holds there too', async () => {
      const ref = await releases.algorithm(['1.0.0', second, { permissions: PRIVATE }]);
      await releases.policies(ref, { interface: 'WARN' });
      await releases.publish(ref, '1.1.0', detect);
      await releases.publish(ref, '1.2.0', added);
      await releases.policies(ref, { interfaceTransitive: true });
      expect(await open(ref, { visibility: 'PUBLIC' })).toBe('OK');
      expect(await releases.reportOf(`${ref}/1.2.0`)).toMatchObject({
        severity: 'BREAKING',
        changes: [{ path: 'Query.test' }, { path: 'Query.train' }],
      });
    });

    test('750 fit into one entry, which says what is unusual of each', async () => {
      const ref = await releases.algorithm(['1.0.0', undefined, { permissions: PRIVATE }]);
      await insertPrivateVersions(ref, 749);
      await world().yank(`${ref}/1.0.0`);
      expect(await open(ref, { visibility: 'PUBLIC' })).toBe('OK');
      const { promoted } = (await newestDetail()) as { promoted: readonly object[] };
      expect(promoted).toHaveLength(750);
      expect(promoted[0]).toEqual({ version: '1.0.0', sha: expect.any(String), yanked: true });
      expect(promoted[749]).toEqual({ version: '1.0.749', sha: shaOf(`private ${ref} 749`), yanked: false });
      const stable = (await world().anonymous.resolve(`${ref}/stable`)).json;
      expect(stable).toMatchObject({ version: '1.0.749' });
    });

    test('more than an entry has room for are TOO_LARGE, before anything is read of them', async () => {
      const ref = await releases.algorithm(['1.0.0', detect, { permissions: PRIVATE }]);
      await insertPrivateVersions(ref, 789);
      const before = await registryRows(world());
      const statements = await statementsIn(async () => {
        expect(await open(ref, { visibility: 'PUBLIC' })).toBe('TOO_LARGE');
      });
      expect(statements.filter(readsInterfaces)).toEqual([]);
      expect(await registryRows(world())).toEqual(before);
    });

    // other processes bring their indexes up to date when they hear of it, which may be within what is counted here
    if (!IS_DISTRIBUTED)
      test('60 enter stable by as many statements as 2', async () => {
        const costs: number[] = [];
        for (const count of [2, 60]) {
          const ref = await releases.algorithm(['1.0.0', undefined, { permissions: PRIVATE }]);
          await insertPrivateVersions(ref, count - 1);
          const statements = await statementsIn(async () => {
            expect(await open(ref, { visibility: 'PUBLIC' })).toBe('OK');
          });
          expect(statements.filter(readsInterfaces)).not.toEqual([]);
          costs.push(statements.filter((sql) => sql.includes('channel_entries')).length);
        }
        expect(costs).toEqual([costs[0], costs[0]]);
        expect(costs[0]).toBeGreaterThan(0);
      });

    const readsInterfaces = (sql: string): boolean => sql.includes('AS `interface`');

    /** All that the server asks of its database during some work. */
    function statementsIn(work: () => Promise<void>): Promise<string[]> {
      return allStatementsOf(world().server.app.database, work);
    }

    /** By the database: 749 publications would take longer than the test is worth. */
    async function insertPrivateVersions(ref: string, count: number): Promise<void> {
      const [, name] = ref.split('/');
      await world().server.app.database.write(async (tx) => {
        const [algorithm] = await tx.query<{ id: number }[]>('SELECT id FROM algorithms WHERE name_key = ?', [
          name,
        ]);
        for (let patch = 1; patch <= count; patch += 1) {
          const sha = shaOf(`private ${ref} ${patch}`);
          await tx.query('INSERT INTO builds (algorithm_id, sha, status, created_at) VALUES (?, ?, ?, 1)', [
            algorithm!.id,
            sha,
            'SUCCEEDED',
          ]);
          await tx.query(
            `INSERT INTO versions (algorithm_id, version, sort_key, major, build_id, release_build_id, visibility, state, stability, published_at)
               SELECT algorithm_id, ?, ?, 1, id, id, 'PRIVATE', 'PUBLISHED', 'STABLE', 1 FROM builds WHERE sha = ?`,
            [`1.0.${patch}`, versionKey({ major: 1, minor: 0, patch, prerelease: [] }), sha],
          );
        }
      });
    }
  });
});
