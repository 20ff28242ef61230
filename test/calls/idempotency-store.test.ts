import { createHash } from 'node:crypto';
import { IdempotencyKeyRow } from '../../entities';
import { DatabaseIdempotencyStore, type IdempotencyClaim } from '../../src/calls';
import type { Database, Tx } from '../../src/database';
import { describeOnEachDatabase } from '../builders/databases';

/** What is over is forgotten, in writes that are bounded; nothing that is in use is forgotten with it. */

const HOUR_MS = 3_600_000;
const AT_ONCE = 500;
/** Two full batches and a part of one. */
const MANY = 2 * AT_ONCE + 100;

const claimOf = (key: string): IdempotencyClaim => ({
  principalId: 'owner:7',
  key,
  digest: 'd'.repeat(64),
  leaseUntil: Date.now() + HOUR_MS,
});

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const hashesOf = (keys: readonly string[]): string[] => keys.map(hashOf).sort();

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${name}-${at}`);

/** Puts in keys whose answers were kept until an hour ago. */
async function insertOver(database: Database, keys: readonly string[]): Promise<void> {
  const then = Date.now() - HOUR_MS;
  const rows = keys.map((key) => ({
    principal: claimOf(key).principalId,
    keyHash: hashOf(key),
    bodyDigest: claimOf(key).digest,
    leaseUntil: then - HOUR_MS,
    expiresAt: then,
    done: true,
    answerHead: '{}',
    answerBody: Buffer.from('1'),
  }));
  for (let from = 0; from < rows.length; from += 100) {
    await database.write((tx) => tx.insert(IdempotencyKeyRow, rows.slice(from, from + 100)));
  }
}

async function hashesIn(database: Database): Promise<string[]> {
  const rows = await database.reads.find(IdempotencyKeyRow);
  return rows.map(({ keyHash }) => keyHash).sort();
}

/** How many rows each transaction that `work` makes deletes. */
async function deletionsOf({ queries }: Database, work: () => Promise<void>): Promise<number[]> {
  const deletions: number[] = [];
  queries.listener = (sql) => {
    if (/^(BEGIN|START TRANSACTION)/.test(sql)) deletions.push(0);
    if (sql.startsWith('DELETE')) deletions.push((deletions.pop() ?? 0) + 1);
  };
  await work();
  queries.listener = null;
  return deletions;
}

/** Does `meanwhile` between what the next write was made of, and the write. */
function beforeNextWrite(database: Database, meanwhile: () => Promise<unknown>): void {
  const write = jest.spyOn(database, 'write');
  write.mockImplementationOnce(async (work: (tx: Tx) => Promise<unknown>) => {
    await meanwhile();
    write.mockRestore();
    return database.write(work);
  });
}

describeOnEachDatabase('forgetting used keys', (open) => {
  test('all that are over are forgotten, a bounded number in each write, and no others', async () => {
    const database = await open();
    const store = new DatabaseIdempotencyStore(database);
    await insertOver(database, numbered('over', MANY));
    await store.claim(claimOf('under way'));
    const kept = claimOf('kept');
    await store.claim(kept);
    await store.keep(kept, null);
    const deletions = await deletionsOf(database, () => store.purge());
    expect(deletions).toEqual([AT_ONCE, AT_ONCE, MANY - 2 * AT_ONCE]);
    expect(await hashesIn(database)).toEqual(hashesOf(['under way', 'kept']));
    expect(await store.claim(claimOf('under way'))).toEqual({ state: 'in-progress' });
    expect(await store.claim(claimOf('kept'))).toEqual({ state: 'done', answer: null });
    expect(await store.claim(claimOf('over-0'))).toEqual({ state: 'claimed' });
  });

  test('one that is used again meanwhile stays: no second call goes through beside the first', async () => {
    const database = await open();
    const store = new DatabaseIdempotencyStore(database);
    const again = ['over-0', 'over-499', 'over-1050'];
    await insertOver(database, numbered('over', MANY));
    beforeNextWrite(database, async () => {
      for (const key of again) expect(await store.claim(claimOf(key))).toEqual({ state: 'claimed' });
    });
    await store.purge();
    expect(await hashesIn(database)).toEqual(hashesOf(again));
    for (const key of again) expect(await store.claim(claimOf(key))).toEqual({ state: 'in-progress' });
  });

  test('two replicas may do it at once', async () => {
    const database = await open();
    const store = new DatabaseIdempotencyStore(database);
    await insertOver(database, numbered('over', MANY));
    await store.claim(claimOf('under way'));
    await Promise.all([store.purge(), new DatabaseIdempotencyStore(database).purge()]);
    expect(await hashesIn(database)).toEqual(hashesOf(['under way']));
  });
});
