import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { OwnerRef } from '../../src/domain/principal';
import { type SignedHead, SIGNED_HEAD_TYPE, statementText } from '../../src/ledger/heads/signed-head';
import { runAlgogate } from '../builders/command';
import { DATABASES, sqliteDatabase } from '../builders/databases';
import { Histories } from './history';

/** Chapter 7, "How it is tested", 5: flipped bits, dropped, reordered and forked entries are found, and named. */

describe.each(DATABASES)('a ledger on %s that was tampered with', (_name, create) => {
  let world: Histories;
  const owners = {} as Record<string, OwnerRef>;
  /** What `algogate ledger verify` says. */
  const verify = (...words: string[]) => runAlgogate(['ledger', 'verify', ...words], world.env);
  const saved = () => join(world.dataDir, 'saved.ndjson');

  beforeAll(async () => {
    world = await Histories.open(create);
    const names =
      'Flipped Hashed Actor Dropped First Cut Shortened Reordered Forked Head Forged Altered Good Moved';
    for (const name of names.split(' ')) owners[name] = await world.owner(name, 4, 2);
    await world.signer.signMoved();
    for (const owner of Object.values(owners)) {
      await world.note(owner, 'public', 4);
      await world.note(owner, 'public', 5);
    }
  });
  afterAll(() => world.close());

  const of = (name: string): OwnerRef => owners[name] ?? { id: 0, handle: name };
  const hashes = async (name: string) => (await world.entries(of(name))).map(({ hash }) => hash);

  test('is sound before that', async () => {
    const { code, stdout, stderr } = await verify();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^sound: 112 entries of 14 owners, 28 signed heads, 0 held against them; \d+ entries a second\n$/,
    );
  });

  test('every fault is one line: owner, chain, entry, and what is wrong', async () => {
    const { handle, id } = of('Forged');
    await world.signer.signMoved();
    copyFileSync(world.headFile, saved());
    await world.allowTampering();

    await world.change(of('Flipped'), 3, 'change_json', '{"round":3}');
    const [, , hash = ''] = await hashes('Hashed');
    await world.change(of('Hashed'), 3, 'hash', flipped(hash));
    await world.change(of('Actor'), 2, 'actor', 'b test');
    const drop = 'DELETE FROM ledger_entries WHERE owner_id = ? AND chain = ? AND sequence';
    await world.run(`${drop} IN (3, 4)`, [of('Dropped').id, 'public']);
    await world.run(`${drop} = 1`, [of('First').id, 'private']);
    await world.run(`${drop} > 4`, [of('Cut').id, 'public']);
    await world.run('DELETE FROM ledger_signed_heads WHERE owner_id = ? AND sequence > 4', [of('Cut').id]);
    await world.mendHead(of('Cut'));
    await world.run(`${drop} > 5`, [of('Shortened').id, 'public']);
    await world.change(of('Reordered'), 3, 'sequence', 1000);
    await world.change(of('Reordered'), 4, 'sequence', 3);
    await world.change(of('Reordered'), 1000, 'sequence', 4);
    const forked = await hashes('Forked');
    await world.fork(of('Forked'), 5, '{"round":"another"}');
    await world.run('UPDATE ledger_heads SET public_hash = ? WHERE owner_id = ?', [
      flipped(hash),
      of('Head').id,
    ]);
    await world.run('UPDATE ledger_signed_heads SET jws = ? WHERE owner_id = ? AND sequence = 4', [
      await forgedHead({ ...of('Forged'), hash: (await hashes('Forged'))[3] ?? '' }),
      id,
    ]);
    await world.run('UPDATE ledger_signed_heads SET hash = ? WHERE owner_id = ? AND sequence = 4', [
      flipped(hash),
      of('Altered').id,
    ]);
    await world.change(of('Moved'), 2, 'at', Number((await world.entries(of('Moved'), 'private'))[0]?.at));

    const { code, stdout } = await verify();
    const lines = stdout.split('\n');
    const another = await hashes('Forked');
    expect(lines.slice(0, -2)).toEqual([
      'Flipped public 3: its hash is not that of what it says',
      'Hashed public 3: its hash is not that of what it says',
      'Hashed public 4: its previous hash is not that of entry 3',
      'Actor public 2: its hash is not that of what it says',
      'Dropped public 3 to 4: missing',
      'First private 1: missing',
      'Shortened public: its head is at 6, and its last entry is 5',
      'Reordered public 3: reordered: it was entry 4',
      'Reordered public 4: reordered: it was entry 3',
      'Head public: its head is not that of its last entry, 6',
      'Moved public 2: its hash is not that of what it says',
      expect.stringMatching(/^Moved: two entries have the time \d{13}$/),
      `${handle} public 4: its signed head: no key of ours signed it`,
      'Altered public 4: its signed head: it says something else than its row',
      'Shortened public 6: cut off: the last entry is 5, and a signed head names entry 6',
      expect.stringMatching(
        /^Reordered public 4: forked: it has the hash [0-9a-f]{64}, and a signed head names [0-9a-f]{64}$/,
      ),
      `Forked public 6: forked: it has the hash ${another[5]}, and a signed head names ${forked[5]}`,
    ]);
    expect(lines.at(-2)).toMatch(/^17 faults: 106 entries of 14 owners, /);
    expect(code).toBe(1);
  });

  test('a cut tail that took its signed heads along is found against heads that were saved before', async () => {
    const { code, stdout } = await verify('--against', saved());
    const ofCut = stdout.split('\n').filter((line) => line.startsWith('Cut '));
    expect(code).toBe(1);
    expect(ofCut).toEqual([
      expect.stringMatching(
        /^Cut public 5 to 6: cut off: the last entry is 4, and .*saved\.ndjson:\d+ names entry 6$/,
      ),
    ]);
  });

  test('a line that says what was not signed is told of, and so is an owner that is gone', async () => {
    const jws = await world.keys.sign(
      SIGNED_HEAD_TYPE,
      statementText({ owner: 'Ghost', chain: 'public', sequence: 3, hash: flipped(''), signedAt: 1 }),
    );
    const good = { owner: 'Good', chain: 'public', sequence: 1, hash: (await hashes('Good'))[0] };
    const lines = [
      JSON.stringify(good),
      '',
      jws,
      'nonsense',
      JSON.stringify({ ...good, jws }),
      JSON.stringify({ ...good, sequence: 0 }),
      await world.keys.sign('JWT', '{}'),
      `${jws.slice(0, -4)}AAAA`,
    ];
    writeFileSync(saved(), lines.join('\n'));
    const { stdout } = await verify('--against', saved());
    const named = stdout.split('\n').filter((line) => line.includes('saved.ndjson'));
    expect(named.map((line) => line.replaceAll(saved(), 'saved'))).toEqual([
      'saved:4: its signature is not good',
      'saved:5: it says something else than what was signed',
      'saved:6: it is no entry, head or receipt',
      'saved:7: it is no entry, head or receipt',
      'saved:8: its signature is not good',
      'Ghost: there is no such owner, and saved:3 names entry 3',
    ]);
  });
});

/** Another hash. */
function flipped(hash: string): string {
  return `${hash.startsWith('0') ? '1' : '0'}${hash.slice(1).padEnd(63, '0')}`;
}

/** A head that somebody signed who has a pair of keys, which is not one of ours. */
async function forgedHead(head: Pick<SignedHead, 'hash'> & OwnerRef): Promise<string> {
  const others = await Histories.open(sqliteDatabase);
  const statement = {
    owner: head.handle,
    chain: 'public',
    sequence: 4,
    hash: head.hash,
    signedAt: 1,
  } as const;
  const jws = await others.keys.sign(SIGNED_HEAD_TYPE, statementText(statement));
  await others.close();
  return jws;
}
