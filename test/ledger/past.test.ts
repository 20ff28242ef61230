import { Database, type Tx } from '../../src/database';
import type { OwnerRef } from '../../src/domain/principal';
import {
  canonicalJson,
  databaseNow,
  Ledger,
  readHistory,
  readHistoryBetween,
  readPrivateSequenceAt,
  readSequencesAt,
  settle,
} from '../../src/ledger';
import { type Chain, entryHash } from '../../src/ledger/entry';
import { insertEntry, lockHeads } from '../../src/ledger/store';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { refusal } from '../builders/services';
import { allEntries, changeOf, foundOwner, note, pause } from './support';

/** Chapter 1, "As of": a time and a position name one state of both chains, and for ever the same. */
describe.each(DATABASES)('the past of the ledger on %s', (name, create) => {
  let made: TestDatabase;
  let database: Database;
  let other: Database;
  let ledger: Ledger;
  let acme: OwnerRef;
  let owners = 0;
  beforeAll(async () => {
    made = await create();
    database = await Database.open(made.target);
    await database.migrate();
    other = await Database.open(made.target);
    ledger = new Ledger(database);
  });
  afterAll(async () => {
    await other.close();
    await database.close();
    await made.drop();
  });
  beforeEach(async () => {
    acme = await foundOwner(ledger, `Acme${++owners}`);
  });

  const now = () => databaseNow(database.reads, database.dialect);

  /** A change whose time is taken, and which is committed only when `until` resolves. */
  async function slowly(chain: Chain, taken: (at: number) => void, until: Promise<void>): Promise<void> {
    await database.write(async (tx: Tx) => {
      const heads = await lockHeads(tx, database.dialect, acme.id);
      const at = await databaseNow(tx, database.dialect);
      const { sequence, hash: previousHash } = heads[chain];
      const { action, subject, detail } = changeOf(chain);
      const changeJson = canonicalJson(detail);
      const place = { ownerId: acme.id, chain, sequence: sequence + 1, at };
      const unhashed = { ...place, actor: 'slow', action, subject, changeJson, previousHash };
      await insertEntry(tx, { ...unhashed, hash: entryHash(unhashed, acme.handle) }, at);
      taken(at);
      await until;
    });
  }

  test('what is under way at a time is waited for, by another process too', async () => {
    let finish = (): void => undefined;
    const until = new Promise<void>((resolve) => (finish = resolve));
    let writing: Promise<void> = Promise.resolve();
    const at = await new Promise<number>((taken) => {
      writing = slowly('public', taken, until);
    });
    await pause(5);
    const steps: string[] = [];
    expect(await readSequencesAt(other.reads, acme.id, at)).toEqual({ public: 1, private: 0 });
    const settling = settle(other, acme.id, at).then(() => steps.push('settled'));
    await pause(150);
    steps.push('committed');
    finish();
    await Promise.all([writing, settling]);
    expect(steps).toEqual(['committed', 'settled']);
    expect(await readSequencesAt(other.reads, acme.id, at)).toEqual({ public: 2, private: 0 });
    expect(await readSequencesAt(other.reads, acme.id, at - 1)).toEqual({ public: 1, private: 0 });
  });

  test('what begins after a time was settled shows a later one', async () => {
    for (let round = 0; round < 20; round += 1) {
      const time = await now();
      await settle(database, acme.id, time);
      await note(ledger, acme, changeOf(round % 2 === 0 ? 'public' : 'private'));
      const newest = (await allEntries(database, acme)).at(-1);
      expect(newest?.at).toBeGreaterThan(time);
    }
  });

  test('an owner that does not exist is settled as well', async () => {
    await expect(settle(database, 0, await now())).resolves.toBeUndefined();
    expect(await readSequencesAt(database.reads, 0, await now())).toEqual({ public: 0, private: 0 });
    expect(await readPrivateSequenceAt(database.reads, 0, 1)).toBe(0);
  });

  if (name === 'SQLite') {
    test('where the clock goes back nothing is settled', async () => {
      const time = Date.now();
      jest.spyOn(Date, 'now').mockReturnValue(time - 60_000);
      const failed = await refusal(settle(database, acme.id, time));
      jest.restoreAllMocks();
      expect(failed).toEqual({ code: 'UNAVAILABLE', message: 'the clock of the database went back' });
    });
  }

  test('how far both chains had come, by time and beside every public entry', async () => {
    const chains: readonly Chain[] = [
      'private',
      'private',
      'public',
      'private',
      'public',
      'public',
      'private',
    ];
    for (const chain of chains) await note(ledger, acme, changeOf(chain));
    const entries = (await allEntries(database, acme)).sort((a, b) => a.at - b.at);
    const had = { public: 0, private: 0 };
    for (const [index, { chain, sequence, at }] of entries.entries()) {
      expect(await readSequencesAt(database.reads, acme.id, at - 1)).toEqual(had);
      had[chain] = sequence;
      expect(await readSequencesAt(database.reads, acme.id, at)).toEqual(had);
      if (chain === 'public') {
        expect(await readPrivateSequenceAt(database.reads, acme.id, sequence)).toBe(had.private);
      }
      if (index === 0) expect(had).toEqual({ public: 1, private: 0 });
    }
    expect(had).toEqual({ public: 4, private: 4 });
    expect(await readPrivateSequenceAt(database.reads, acme.id, 0)).toBe(0);
  });

  test('a history is of its own subject and what is below it, of one chain, by action', async () => {
    const subjects = [
      ...['Acme/Detect', 'Acme/Detect/1', 'Acme/Detect/1.0.0', 'Acme/Detect/zz'],
      ...['Acme', 'Acme/Detect-2/1', 'Acme/Detect0', 'Acme/Detect0/1', 'Acme/DETECT/1', 'Acme/Dete_t/1'],
    ];
    const change = (chain: Chain, subject: string, action: string) => ({
      ...changeOf(chain, action),
      subject,
    });
    for (const subject of subjects) await note(ledger, acme, change('public', subject, 'a'));
    await note(ledger, acme, change('private', 'Acme/Detect', 'a'));
    await note(ledger, acme, change('public', 'Acme/Detect', 'b'));
    await note(ledger, acme, change('public', 'Acme/Detect', 'c'));
    const of = { ownerId: acme.id, chain: 'public' as const, subject: 'Acme/Detect', actions: ['a', 'b'] };
    const sequences = (entries: readonly { readonly sequence: number }[]) =>
      entries.map(({ sequence }) => sequence).sort((a, b) => a - b);
    expect(sequences(await readHistory(database.reads, of, 100))).toEqual([2, 3, 4, 5, 12]);
    expect(sequences(await readHistory(database.reads, of, 4))).toEqual([2, 3, 4]);
    expect(sequences(await readHistoryBetween(database.reads, of, 0, 100))).toEqual([2, 3, 4, 5, 12]);
    expect(sequences(await readHistoryBetween(database.reads, of, 2, 5))).toEqual([3, 4, 5]);
    const hidden = { ...of, chain: 'private' as const };
    expect(await readHistory(database.reads, hidden, 100)).toEqual([
      { sequence: 1, action: 'a', changeJson: '{}' },
    ]);
    expect(await readHistory(database.reads, { ...of, ownerId: 0 }, 100)).toEqual([]);
    // `%` and `_` are no wildcards
    expect(await readHistory(database.reads, { ...of, subject: 'Acme/Dete_t' }, 100)).toHaveLength(1);
  });
});
