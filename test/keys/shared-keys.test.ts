import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SharedKeyRow } from '../../entities';
import { masterKeyFile, SharedKeys } from '../../src/keys';
import { Database } from '../../src/database';
import { ANONYMOUS, OPERATOR, type Principal } from '../../src/domain/principal';
import { describeOnEachDatabase } from '../builders/databases';

const MASTER_KEY = Buffer.alloc(32, 7);
const user = (id: number): Principal => ({
  kind: 'user',
  owner: { id, handle: 'x' },
  roles: new Map(),
  key: null,
});
const organization = (id: number, keyId: number): Principal => ({
  kind: 'organization',
  owner: { id, handle: 'x' },
  key: { id: keyId, prefix: 'agk_00000000', scopes: [] },
});

describeOnEachDatabase('the keys that replicas share', (open, create) => {
  test('replicas that make them at once get the same, and so does one that comes later', async () => {
    const database = await open();
    const opened = await Promise.all(Array.from({ length: 4 }, () => SharedKeys.open(database, MASTER_KEY)));
    const later = await SharedKeys.open(database, MASTER_KEY);
    const codes = [...opened, later].map((keys) => keys.mac('pseudonyms', 'text').toString('hex'));
    expect(new Set(codes)).toEqual(new Set([codes[0]]));
    expect(codes[0]).toMatch(/^[0-9a-f]{64}$/);
    const rows = await database.reads.find(SharedKeyRow, { order: { name: 'ASC' } });
    expect(rows.map(({ name }) => name)).toEqual(['call tokens', 'pseudonyms']);
  });

  test('two databases have different ones', async () => {
    const codes = [];
    for (const database of [await open(), await open()]) {
      codes.push((await SharedKeys.open(database, MASTER_KEY)).mac('pseudonyms', 'text').toString('hex'));
    }
    expect(codes[0]).not.toBe(codes[1]);
  });

  test('another master key does not open them, nor do rows that were tampered with', async () => {
    const database = await open();
    await SharedKeys.open(database, MASTER_KEY);
    const wrong =
      'the master key does not open the shared key pseudonyms: ALGOGATE_MASTER_KEY is another than before';
    await expect(SharedKeys.open(database, Buffer.alloc(32, 8))).rejects.toThrow(wrong);
    const row = await database.reads.findOneBy(SharedKeyRow, { name: 'pseudonyms' });
    const bytes = Buffer.from(row!.wrapped, 'base64');
    for (const changed of [
      flipped(bytes, 0),
      flipped(bytes, 20),
      flipped(bytes, bytes.length - 1),
      bytes.subarray(0, 20),
      Buffer.alloc(0),
    ]) {
      await database.write((tx) =>
        tx.update(SharedKeyRow, { name: 'pseudonyms' }, { wrapped: changed.toString('base64') }),
      );
      await expect(SharedKeys.open(database, MASTER_KEY)).rejects.toThrow(wrong);
    }
    expect(bytes.toString('latin1')).not.toContain(MASTER_KEY.toString('latin1'));
  });

  test('what keeps them from being made is told', async () => {
    const { target } = await create();
    const unmigrated = await Database.open(target);
    await expect(SharedKeys.open(unmigrated, MASTER_KEY)).rejects.toThrow(/shared_keys/);
    await unmigrated.close();
  });

  test('a caller has one pseudonym for each owner, whatever its key, and no two owners can compare', async () => {
    const keys = await SharedKeys.open(await open(), MASTER_KEY);
    const callers = [ANONYMOUS, OPERATOR, user(1), user(2), user(12), organization(3, 1)];
    const all = [1, 2, 11].flatMap((owner) => callers.map((caller) => keys.pseudonym(owner, caller)));
    expect(new Set(all).size).toBe(all.length);
    for (const pseudonym of all) expect(pseudonym).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect([1, 2, 11].flatMap((owner) => callers.map((caller) => keys.pseudonym(owner, caller)))).toEqual(
      all,
    );
    expect(keys.pseudonym(1, organization(3, 2))).toBe(keys.pseudonym(1, organization(3, 1)));
    expect(keys.pseudonymOfCaller(2, 12)).toBe(keys.pseudonym(2, user(12)));
    expect(keys.pseudonymOfCaller(11, 3)).toBe(keys.pseudonym(11, organization(3, 1)));
  });
});

describe('the master key of the embedded default', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'algogate-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is made once, for its owner alone to read', () => {
    const path = join(folder, 'data', 'master.key');
    const key = masterKeyFile(path);
    expect(key).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(key.toString('hex'));
    expect(masterKeyFile(path)).toEqual(key);
    expect(masterKeyFile(join(folder, 'other', 'master.key'))).not.toEqual(key);
  });

  test('is taken as it is, white space around it aside, and kept from others', () => {
    const path = join(folder, 'master.key');
    writeFileSync(path, `${MASTER_KEY.toString('hex')}\n`, { mode: 0o644 });
    expect(masterKeyFile(path)).toEqual(MASTER_KEY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.each(['', 'abc', 'g'.repeat(64), '0'.repeat(62), '0'.repeat(66), `${'0'.repeat(64)}zz`])(
    'cannot be %j',
    (text) => {
      const path = join(folder, 'master.key');
      writeFileSync(path, text);
      expect(() => masterKeyFile(path)).toThrow(`${path} does not hold a master key of 64 hex digits`);
    },
  );
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
