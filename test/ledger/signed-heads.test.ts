import { appendFileSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';

import { compactVerify, decodeProtectedHeader } from 'jose';

import { SignedHeadRow } from '../../entities';
import { HeadSigner, HeadTable } from '../../src/ledger';
import { canonicalJson } from '../../src/ledger/entry';
import type { SignedHead } from '../../src/ledger/heads/signed-head';
import { DATABASES } from '../builders/databases';
import { Histories } from './history';

describe.each(DATABASES)('signed heads on %s', (_name, create) => {
  let world: Histories;
  beforeEach(async () => {
    world = await Histories.open(create);
  });
  afterEach(() => world.close());

  const inTable = async () => {
    const rows = await world.database.reads.find(SignedHeadRow, {
      order: { ownerId: 'ASC', chain: 'ASC', sequence: 'ASC' },
    });
    return rows.map(({ ownerId, chain, sequence }) => `${ownerId} ${chain} ${sequence}`);
  };
  const inFile = () => readFileSync(world.headFile, 'utf8').split('\n').slice(0, -1);
  const shown = () =>
    inFile().map((line) => {
      const { owner, chain, sequence } = JSON.parse(line) as Pick<SignedHead, 'owner' | 'chain' | 'sequence'>;
      return `${owner} ${chain} ${sequence}`;
    });

  test('the last entry of each chain that moved is signed once, and kept in the database and in a file', async () => {
    const acme = await world.owner('Acme', 3, 2);
    await world.signer.signMoved();
    await world.signer.signMoved();
    expect(await inTable()).toEqual([`${acme.id} private 2`, `${acme.id} public 3`]);
    expect(shown().sort()).toEqual(['Acme private 2', 'Acme public 3']);
    await world.note(acme, 'public', 9);
    await world.signer.signMoved();
    expect(shown().at(-1)).toBe('Acme public 4');
    expect(shown()).toHaveLength(3);
    // as a follower does, which looks back
    for (const entry of await world.entries(acme)) world.signer.hear({ ownerKey: 'acme', entry });
    await world.signer.signMoved();
    expect(shown()).toHaveLength(3);
    expect(statSync(world.headFile).mode & 0o077).toBe(0);
    expect(world.faults).toEqual([]);
  });

  test('it is a JWS of canonical JSON, which says what it is', async () => {
    const acme = await world.owner('Acme', 2);
    await world.signer.signMoved();
    const row = await world.database.reads.findOneByOrFail(SignedHeadRow, { ownerId: acme.id });
    const [key] = world.keys.all;
    if (key === undefined) throw new Error('there is a key');
    const { payload } = await compactVerify(row.jws, key.key);
    const [, last] = await world.entries(acme);
    expect(decodeProtectedHeader(row.jws)).toEqual({
      alg: 'EdDSA',
      typ: 'algogate-ledger-head+jws',
      kid: key.kid,
    });
    const statement = {
      ...{ owner: 'Acme', chain: 'public', sequence: 2 },
      hash: last?.hash ?? '',
      signedAt: Number(row.signedAt),
    };
    expect(Buffer.from(payload).toString()).toBe(canonicalJson(statement));
    expect(JSON.parse(inFile()[0] ?? '')).toEqual({
      ...{ owner: 'Acme', chain: 'public', sequence: 2 },
      ...{ hash: statement.hash, jws: row.jws },
    });
  });

  test('the database refuses to change one, or to be rid of it', async () => {
    await world.owner('Acme', 2);
    await world.signer.signMoved();
    const before = await inTable();
    for (const sql of [
      'UPDATE ledger_signed_heads SET signed_at = 1',
      'DELETE FROM ledger_signed_heads',
      'REPLACE INTO ledger_signed_heads SELECT * FROM ledger_signed_heads',
    ]) {
      await expect(world.run(sql)).rejects.toThrow('ledger_signed_heads');
    }
    expect(await inTable()).toEqual(before);
  });

  test('what moved while nobody was there is signed by whoever starts next', async () => {
    const acme = await world.owner('Acme', 3, 1);
    const another = signerOf(world);
    another.start();
    await another.stop();
    expect(await inTable()).toEqual([`${acme.id} private 1`, `${acme.id} public 3`]);
    expect(world.forks).toEqual([]);
  });

  test('of replicas that sign the same at once, each keeps it in its file, and the first in the database', async () => {
    await world.owner('Acme', 3, 1);
    const replicas = [signerOf(world), signerOf(world), signerOf(world)];
    for (const replica of replicas) replica.start();
    await Promise.all([world.signer.signMoved(), ...replicas.map((replica) => replica.stop())]);
    expect(await inTable()).toHaveLength(2);
    expect(shown()).toHaveLength(2);
    expect(world.faults).toEqual([]);
    expect(await world.verify()).toEqual([]);
  });

  test('a signer that finds another hash signed before says so', async () => {
    const acme = await world.owner('Acme', 3);
    await world.signer.signMoved();
    const [, , last] = await world.entries(acme);
    if (last === undefined) throw new Error('there are three');
    const changed = { ...last, at: Number(last.at), hash: '0'.repeat(64) };
    world.signer.hear({ ownerKey: 'acme', entry: changed });
    await world.signer.signMoved();
    expect(world.forks).toEqual(['Acme public 3']);
    expect(await inTable()).toEqual([`${acme.id} public 3`]);
  });

  test('a file that cannot be written is tried again; the database has them meanwhile', async () => {
    mkdirSync(world.headFile);
    const acme = await world.owner('Acme', 2);
    await world.signer.signMoved();
    await world.note(acme, 'public', 3);
    await world.signer.signMoved();
    expect(world.faults).toHaveLength(1);
    expect(await inTable()).toEqual([`${acme.id} public 2`, `${acme.id} public 3`]);
    rmdirSync(world.headFile);
    await world.signer.signMoved();
    expect(shown()).toEqual(['Acme public 3']);
  });

  test('a line that was torn is ended before the next, which can be read', async () => {
    const acme = await world.owner('Acme', 2);
    await world.signer.signMoved();
    appendFileSync(world.headFile, '{"chain":"pub');
    await world.note(acme, 'public', 3);
    await world.signer.signMoved();
    const [first = '', torn, last = ''] = inFile();
    expect([shown.length, torn]).toEqual([0, '{"chain":"pub']);
    expect([first, last].map((line) => (JSON.parse(line) as { sequence: number }).sequence)).toEqual([2, 3]);
  });

  test('keys that were rotated since go on to prove what they signed', async () => {
    const acme = await world.owner('Acme', 2);
    await world.signer.signMoved();
    await world.keys.rotate();
    await world.note(acme, 'public', 3);
    await world.signer.signMoved();
    const rows = await world.database.reads.find(SignedHeadRow);
    expect(new Set(rows.map(({ jws }) => decodeProtectedHeader(jws).kid)).size).toBe(2);
    expect(await world.verify()).toEqual([]);
  });
});

/** Another replica, which has a table and no file. */
function signerOf(world: Histories): HeadSigner {
  const table = new HeadTable(world.database, ({ owner, chain, sequence }) => {
    world.forks.push(`${owner} ${chain} ${sequence}`);
  });
  return new HeadSigner({
    ...{ database: world.database, keys: world.keys },
    sinks: [table],
    onFault: (fault) => world.faults.push(fault),
  });
}
