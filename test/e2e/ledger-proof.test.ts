import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Database } from '../../src/database';
import { SigningKeys } from '../../src/keys';
import type { Client } from '../builders/client';
import { runAlgogate } from '../builders/command';
import { describeOnEachServer } from '../builders/each-server';
import { environmentOf, MASTER_KEY } from '../builders/server';

/** Chapter 7, "The ledger": what `algogate ledger verify` says of a registry that is served. */

describeOnEachServer('the proof of the ledger', (world) => {
  let ann: Client;

  beforeAll(async () => {
    ann = await world().user('ann');
    await world().organization('Acme', { admin: 'ann' });
    await ann.mutate('createAlgorithm', { owner: 'acme', name: 'Detect' });
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      await world().publish('acme/detect', version, { by: ann });
  });

  const file = (name: string): string => join(world().server.dataDir, name);
  const heads = (): string[] => {
    try {
      return readFileSync(file('ledger-heads.ndjson'), 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  };
  const verify = (...words: string[]) => {
    const { database, server } = world();
    return runAlgogate(['ledger', 'verify', ...words], environmentOf(database.target, server.dataDir));
  };
  const sequences = async (chain: 'public' | 'private'): Promise<number> => {
    const [row] = await world().server.app.database.reads.query<{ end: number }[]>(
      `SELECT MAX(e.sequence) AS \`end\` FROM ledger_entries e JOIN owners o ON o.id = e.owner_id
        WHERE o.handle = 'Acme' AND e.chain = ?`,
      [chain],
    );
    return Number(row?.end);
  };
  const isSigned = async (chain: 'public' | 'private'): Promise<boolean> => {
    const end = `"owner":"Acme","sequence":${await sequences(chain)}}`;
    return heads().some((line) => line.includes(`"chain":"${chain}"`) && line.endsWith(end));
  };

  const allSigned = async (): Promise<void> => {
    for (const chain of ['public', 'private'] as const) while (!(await isSigned(chain))) await pause(50);
  };

  test('the heads of all that was done are in the data folder within seconds, and the ledger is sound', async () => {
    await allSigned();
    const { code, stdout, stderr } = await verify('--against', file('ledger-heads.ndjson'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^sound: \d+ entries of 2 owners, \d+ signed heads, \d+ held against them; /);
  });

  test('it is sound at every moment in which it is written, its own file included', async () => {
    let isOver = false;
    const writing = (async () => {
      for (let at = 0; !isOver; at += 1) {
        await ann.mutate('updateAlgorithm', { algorithm: 'acme/detect', summary: `${at}` });
      }
    })();
    const { stdout } = await verify('--against', file('ledger-heads.ndjson'));
    isOver = true;
    await writing;
    expect(stdout).toMatch(/^sound: /);
  });

  test('a tail that was cut, signed heads and all, is found against the file and against a receipt', async () => {
    const { database } = world().server.app;
    await allSigned();
    const saved = file('saved.ndjson');
    writeFileSync(
      saved,
      heads()
        .map((line) => `${line}\n`)
        .join(''),
    );
    const [last] = await database.reads.query<{ hash: string; sequence: number; ownerId: number }[]>(
      `SELECT e.hash AS hash, e.sequence AS sequence, e.owner_id AS ownerId FROM ledger_entries e JOIN owners o ON o.id = e.owner_id
        WHERE o.handle = 'Acme' AND e.chain = 'public' ORDER BY e.sequence DESC LIMIT 1`,
    );
    const { hash = '', sequence = 0, ownerId = 0 } = last ?? {};
    const keys = await SigningKeys.open(database, Buffer.from(MASTER_KEY, 'hex'));
    const statement = {
      ...{ kind: 'resolution', reference: 'acme/detect', canonical: 'Acme/Detect/1.2.0' },
      ...{ position: `Acme@${sequence}`, heads: { public: hash } },
    };
    const receipt = await keys.sign('algogate-receipt+jws', JSON.stringify(statement));
    writeFileSync(file('receipt'), receipt);
    writeFileSync(file('answer'), JSON.stringify({ canonical: 'Acme/Detect/1.2.0', receipt }));
    for (const name of ['receipt', 'answer']) expect((await verify('--against', file(name))).code).toBe(0);

    // the caches of who serves it would notice: it is stopped before its database is tampered with
    await world().server.close();
    const tampered = await cut(ownerId, sequence);
    const plain = await verify();
    expect([plain.code, plain.stdout]).toEqual([0, expect.stringMatching(/^sound: /) as string]);
    const told = `Acme public ${sequence}: cut off: the last entry is ${tampered}, and`;
    for (const name of ['receipt', 'answer']) {
      const { code, stdout } = await verify('--against', file(name));
      expect([code, stdout.split('\n')[0]]).toEqual([1, `${told} ${file(name)}:1 names entry ${sequence}`]);
    }
    const { code, stdout } = await verify('--against', saved, '--against', file('receipt'));
    expect([code, stdout.split('\n').filter((line) => line.startsWith(told)).length]).toEqual([1, 2]);
    expect(stdout).toMatch(/\n2 faults: /);
  });

  /** Takes the last public entry away, and every trace of it. */
  async function cut(ownerId: number, sequence: number): Promise<number> {
    const database = await Database.open(world().database.target);
    await database.write(async (tx) => {
      for (const table of ['ledger_entries', 'ledger_signed_heads']) {
        await tx.query(`DROP TRIGGER ${table}_refuse_delete`);
        await tx.query(`DELETE FROM ${table} WHERE owner_id = ? AND chain = 'public' AND sequence = ?`, [
          ownerId,
          sequence,
        ]);
      }
      const [end] = await tx.query<{ hash: string; at: number }[]>(
        "SELECT hash, at FROM ledger_entries WHERE owner_id = ? AND chain = 'public' AND sequence = ?",
        [ownerId, sequence - 1],
      );
      await tx.query(
        'UPDATE ledger_heads SET public_sequence = ?, public_hash = ?, public_at = ? WHERE owner_id = ?',
        [sequence - 1, end?.hash, end?.at, ownerId],
      );
    });
    await database.close();
    return sequence - 1;
  }
});
