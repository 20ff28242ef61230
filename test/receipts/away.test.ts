import type { Database } from '../../src/database';
import { Receipts, type Subject } from '../../src/receipts';

/** What is remembered of facts that never change goes on to be signed while the database is away. */

const SUBJECT: Subject = {
  ...{ reference: 'acme/detect', canonical: 'Acme/Detect/1.0.0', selector: 'LATEST', version: '1.0.0' },
  ...{ sha: 'a'.repeat(40), buildId: 3, algorithmId: 2, ownerId: 1, artifacts: [], requestId: null },
  position: { handle: 'Acme', public: 7, private: null },
};

/** Answers whatever it is asked by the primary key, until it is away. */
class Answering {
  readonly asked: string[] = [];
  away = false;
  readonly dataSource = { options: { type: 'mysql' } };

  query(sql: string, [keys]: readonly [string]): Promise<object[]> {
    if (this.away) return Promise.reject(Object.assign(new Error('away'), { code: 'ETIMEDOUT' }));
    this.asked.push(/FROM JSON_TABLE.* STRAIGHT_JOIN (\w+)/s.exec(sql)?.[1] ?? sql);
    const rows = JSON.parse(keys) as [number, string, number][];
    return Promise.resolve(
      this.asked.at(-1) === 'builds'
        ? rows.map(([id]) => ({ id, artifact_digest: null }))
        : rows.map(([owner_id, chain, sequence]) => ({ owner_id, chain, sequence, hash: 'b'.repeat(64) })),
    );
  }
}

test('a head is read once; without the database those that are known are signed, and others UNAVAILABLE', async () => {
  const reads = new Answering();
  const database = { reads } as unknown as Database;
  const keys = { sign: (type: string, text: string) => Promise.resolve(`${type} ${text}`) };
  const receipts = new Receipts({ database, keys, issuer: 'test' });
  const first = await receipts.sign(SUBJECT);
  expect(first).toContain(`"heads":{"public":"${'b'.repeat(64)}"}`);
  expect(reads.asked).toEqual(['ledger_entries', 'builds']);
  reads.away = true;
  const withoutTime = (text: string): string => text.replace(/"time":"[^"]+"/, '');
  expect(withoutTime(await receipts.sign(SUBJECT))).toBe(withoutTime(first));
  const later = { ...SUBJECT, position: { handle: 'Acme', public: 8, private: null } };
  await expect(receipts.sign(later)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  // of both chains where the position names both, and nothing of one that has no entry
  reads.away = false;
  const both = await receipts.sign({ ...SUBJECT, position: { handle: 'Acme', public: 0, private: 4 } });
  expect(both).toContain(`"heads":{"private":"${'b'.repeat(64)}","public":null}`);
  expect(both).toContain('"position":"Acme@0+4"');
});
