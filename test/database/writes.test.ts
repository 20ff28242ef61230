import { OwnerRow } from '../../entities';
import { Database } from '../../src/database';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { refusal } from '../builders/services';
import { changeOf, foundOwner, note, pause, soundChains } from '../ledger/support';
import { Ledger } from '../../src/ledger';

/** Shorter than the work of the tests that are to be late, longer than everything else here. */
const MAX_WRITE_MS = 400;

describe.each(DATABASES)('writes on %s', (name, create) => {
  let made: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    made = await create();
    database = await Database.open(made.target, { maxWriteMs: MAX_WRITE_MS });
    await database.migrate();
  });
  afterAll(async () => {
    await database.close();
    await made.drop();
  });

  const insertOwner = (handle: string, at = database) =>
    at.write((tx) => tx.insert(OwnerRow, { handle, handleKey: handle, kind: 'USER', createdAt: 1 }));
  const handles = async () => (await database.reads.find(OwnerRow)).map(({ handle }) => handle);

  test('one that takes too long is rolled back', async () => {
    const late = database.write(async (tx) => {
      await tx.insert(OwnerRow, { handle: 'late', handleKey: 'late', kind: 'USER', createdAt: 1 });
      await pause(MAX_WRITE_MS + 100);
    });
    expect(await refusal(late)).toEqual({
      code: 'UNAVAILABLE',
      message: 'the change took too long and was not made',
    });
    await insertOwner('soon');
    expect(await handles()).toEqual(['soon']);
  });

  test('a look may take longer than a write', async () => {
    const seen = database.snapshot(async (tx) => {
      await pause(MAX_WRITE_MS + 100);
      return tx.count(OwnerRow);
    });
    await expect(seen).resolves.toEqual(expect.any(Number));
  });

  test('a snapshot sees one moment, and single reads see what was written a moment ago', async () => {
    const before = await handles();
    await database.snapshot(async (tx) => {
      expect(await tx.count(OwnerRow)).toBe(before.length);
      await insertOwner('meanwhile');
      expect(await tx.count(OwnerRow)).toBe(before.length);
      expect(await handles()).toHaveLength(before.length + 1);
    });
  });

  test('what was refused by the database is not tried again', async () => {
    let attempts = 0;
    const twice = database.write(async (tx) => {
      attempts += 1;
      await tx.insert(OwnerRow, { handle: 'twice', handleKey: 'twice', kind: 'USER', createdAt: 1 });
      await tx.insert(OwnerRow, { handle: 'Twice', handleKey: 'twice', kind: 'USER', createdAt: 1 });
    });
    await expect(twice).rejects.toThrow();
    expect(attempts).toBe(1);
    expect(await handles()).not.toContain('twice');
  });

  if (name === 'MySQL') {
    test('the loser of a deadlock does its work again: both mutations are made, once each', async () => {
      const ledger = new Ledger(database);
      const owners = [await foundOwner(ledger, 'Acme'), await foundOwner(ledger, 'Beta')] as const;
      const attempts = { Acme: 0, Beta: 0 };
      const bothHold = barrier(2);
      const cross = async (own: 0 | 1) => {
        const [mine, other] = [owners[own], owners[1 - own]!];
        await note(ledger, mine, changeOf('public'), async (tx) => {
          attempts[mine.handle as 'Acme' | 'Beta'] += 1;
          await bothHold();
          // each has its own head, and wants the other's
          await tx.query('SELECT owner_id FROM ledger_heads WHERE owner_id = ? FOR UPDATE', [other.id]);
        });
      };
      await Promise.all([cross(0), cross(1)]);
      expect([attempts.Acme, attempts.Beta].sort()).toEqual([1, 2]);
      for (const owner of owners) expect((await soundChains(database, owner)).public).toHaveLength(2);
    });

    test('no connection of the writers waits for a lock longer than a write may take', async () => {
      const usual = await Database.open(made.target);
      const three = barrier(3);
      const waits = Array.from({ length: 3 }, () =>
        usual.write(async (tx) => {
          await three();
          return tx.query<unknown>('SELECT @@innodb_lock_wait_timeout AS seconds');
        }),
      );
      expect(await Promise.all(waits)).toEqual(Array.from({ length: 3 }, () => [{ seconds: 5 }]));
      await usual.close();
    });
  }
});

/** Resolves for the first `count` that come when all of them have, and at once for those after. */
function barrier(count: number): () => Promise<void> {
  let missing = count;
  let open: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing <= 0) open();
    return opened;
  };
}
