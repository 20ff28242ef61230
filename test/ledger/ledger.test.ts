import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import fc from 'fast-check';

import { LedgerEntryRow, LedgerHeadRow, OwnerRow } from '../../entities';
import { Database, type Tx } from '../../src/database';
import type { OwnerRef } from '../../src/domain/principal';
import { canonicalJson, type JsonObject, Ledger, type LedgerEvent, readHeads } from '../../src/ledger';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { refusal } from '../builders/services';
import { allEntries, changeOf, foundOwner, note, pause, places, soundChains } from './support';

describe.each(DATABASES)('the ledger on %s', (_name, create) => {
  let made: TestDatabase;
  let database: Database;
  let owners = 0;
  let ledger: Ledger;
  let acme: OwnerRef;
  let heard: LedgerEvent[];
  beforeAll(async () => {
    made = await create();
    database = await Database.open(made.target);
    await database.migrate();
  });
  afterAll(async () => {
    await database.close();
    await made.drop();
  });
  beforeEach(async () => {
    ledger = new Ledger(database);
    heard = [];
    ledger.onCommit((event) => heard.push(event));
    acme = await foundOwner(ledger, `Acme${++owners}`);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const everything = async () => [
    await database.reads.find(LedgerHeadRow),
    await database.reads.find(LedgerEntryRow),
    await database.reads.find(OwnerRow),
  ];

  /** Sets the clock that the database tells: for the process on SQLite, for one transaction on MySQL. */
  async function setClock(tx: Tx, at: number): Promise<void> {
    if (database.dialect === 'sqlite') jest.spyOn(Date, 'now').mockReturnValue(at);
    else await tx.query(`SET timestamp = ${at / 1000}`);
  }

  test('an owner begins with one public entry', async () => {
    const chains = await soundChains(database, acme);
    expect(chains.private).toEqual([]);
    expect(chains.public).toMatchObject([
      {
        ownerId: acme.id,
        chain: 'public',
        sequence: 1,
        actor: 'a test',
        action: 'owner.created',
        subject: 'Acme/Detect',
        changeJson: `{"handle":"${acme.handle}"}`,
        previousHash: null,
      },
    ]);
    expect(heard).toEqual([{ ownerKey: acme.handle.toLowerCase(), entry: chains.public[0] }]);
  });

  test('whatever the changes are, the chains are sound and their changes canonical', async () => {
    const detail = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }), {
      maxKeys: 4,
    });
    const change = fc.record({ chain: fc.constantFrom('public', 'private'), detail });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
        const owner = await foundOwner(ledger, `Random${++owners}`);
        heard = [];
        for (const { chain, detail: of } of changes) {
          await note(ledger, owner, changeOf(chain, 'test.changed', of as JsonObject));
        }
        const chains = await soundChains(database, owner);
        expect([chains.public.length, chains.private.length]).toEqual([
          1 + changes.filter(({ chain }) => chain === 'public').length,
          changes.filter(({ chain }) => chain === 'private').length,
        ]);
        expect(heard.map(({ entry }) => entry.changeJson)).toEqual(
          changes.map(({ detail: of }) => canonicalJson(of as JsonObject)),
        );
        expect([...chains.public.slice(1), ...chains.private].sort(byTime)).toEqual(
          heard.map(({ entry }) => entry).sort(byTime),
        );
      }),
      { numRuns: 12 },
    );
  });

  test('times increase over both chains when the clock stands still and when it goes back', async () => {
    const noon = Date.UTC(2030, 0, 1, 12);
    for (const at of [noon, noon, noon - 3_600_000, noon - 1, noon, noon + 10]) {
      for (const chain of ['public', 'private'] as const) {
        await note(ledger, acme, changeOf(chain), (tx) => setClock(tx, at));
      }
    }
    const chains = await soundChains(database, acme);
    expect(chains.public.slice(1).map(({ at }) => at - noon)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(chains.private.map(({ at }) => at - noon)).toEqual([1, 3, 5, 7, 9, 11]);
  });

  test('the two chains of an owner, and those of two owners, move by themselves', async () => {
    const beta = await foundOwner(ledger, `Beta${++owners}`);
    await note(ledger, acme, changeOf('public'));
    const before = await readHeads(database.reads, acme.id);
    await note(ledger, acme, changeOf('private'));
    await note(ledger, beta, changeOf('public'));
    const after = await readHeads(database.reads, acme.id);
    expect(after.public).toEqual(before.public);
    expect(after.private).toMatchObject({ sequence: 1 });
    expect(places(await allEntries(database, beta))).toEqual(['public 1', 'public 2']);
    expect(await readHeads(database.reads, 4711)).toEqual({
      public: { sequence: 0, hash: null, at: 0 },
      private: { sequence: 0, hash: null, at: 0 },
    });
  });

  test('what changed nothing leaves no entry, moves no head, and gives its result', async () => {
    const before = await everything();
    heard = [];
    await expect(ledger.mutate(acme, 'a test', async () => ({ result: 42, change: null }))).resolves.toBe(42);
    expect(await everything()).toEqual(before);
    expect(heard).toEqual([]);
  });

  test('what was rolled back leaves nothing, and is heard by nobody', async () => {
    const before = await everything();
    heard = [];
    const failing = ledger.mutate(acme, 'a test', async (tx) => {
      await tx.update(OwnerRow, { id: acme.id }, { displayName: 'changed' });
      throw new Error('changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    const broken = ledger.found('a test', async (tx) => {
      const row = { handle: 'Nobody', handleKey: 'nobody', kind: 'USER', createdAt: 1 } as const;
      await tx.insert(OwnerRow, row);
      throw new Error('changed its mind again');
    });
    await expect(broken).rejects.toThrow('changed its mind again');
    expect(await everything()).toEqual(before);
    expect(heard).toEqual([]);
    await note(ledger, acme, changeOf('public'));
    expect((await soundChains(database, acme)).public).toHaveLength(2);
  });

  test('nothing is mutated that has no ledger', async () => {
    await expect(note(ledger, { id: 4711, handle: 'Nobody' }, changeOf('public'))).rejects.toThrow(
      'owner 4711 has no ledger',
    );
  });

  test('a mutation is heard of before it is answered, and its entry is committed by then', async () => {
    const seen: string[] = [];
    const listening = new Ledger(database);
    listening.onCommit(() => {
      seen.push('heard');
    });
    await note(listening, acme, changeOf('private')).then(() => seen.push('answered'));
    expect(seen).toEqual(['heard', 'answered']);
  });

  test('a change of 65,535 bytes is kept, one byte more is refused and nothing happens', async () => {
    const detail = (bytes: number, character: string) => {
      const room = bytes - Buffer.byteLength('{"text":""}');
      const size = Buffer.byteLength(character);
      return { text: character.repeat(Math.floor(room / size)) + 'a'.repeat(room % size) };
    };
    for (const character of ['a', '𝒜']) {
      await note(ledger, acme, changeOf('private', 'test.changed', detail(65_535, character)));
      const large = note(ledger, acme, changeOf('private', 'test.changed', detail(65_536, character)), (tx) =>
        tx.update(OwnerRow, { id: acme.id }, { displayName: 'changed' }),
      );
      expect(await refusal(large)).toEqual({
        code: 'TOO_LARGE',
        message: 'the change is too large for one entry of the ledger',
      });
    }
    const chains = await soundChains(database, acme);
    expect(chains.private.map(({ changeJson }) => Buffer.byteLength(changeJson))).toEqual([65_535, 65_535]);
    expect(await database.reads.findOneBy(OwnerRow, { id: acme.id })).toMatchObject({ displayName: null });
  });

  test('mutations of one owner follow one another; others need not wait', async () => {
    const steps: string[] = [];
    const step = (owner: OwnerRef, name: string, ms: number) =>
      note(ledger, owner, changeOf('public'), async () => {
        steps.push(`${name} begins`);
        await pause(ms);
        steps.push(`${name} ends`);
      });
    const beta = await foundOwner(ledger, `Beta${++owners}`);
    await Promise.all([step(acme, 'a', 60), step(acme, 'b', 0), step(beta, 'c', 0)]);
    const ofAcme = steps.filter((name) => !name.startsWith('c'));
    expect([
      ['a begins', 'a ends', 'b begins', 'b ends'],
      ['b begins', 'b ends', 'a begins', 'a ends'],
    ]).toContainEqual(ofAcme);
    if (database.dialect === 'mysql') expect(steps.indexOf('c ends')).toBeLessThan(steps.indexOf('a ends'));
  });

  test('twenty mutations of one owner, from two replicas at once: not one entry is lost', async () => {
    await Promise.all(['one', 'two'].map((name) => race(made, acme, name, 10)));
    const { private: entries } = await soundChains(database, acme);
    const expected = ['one', 'two'].flatMap((name) => Array.from({ length: 10 }, (_, at) => `${name}-${at}`));
    expect(entries.map(({ action }) => action).sort()).toEqual(expected);
  });
});

function byTime(a: { readonly at: number; readonly chain: string }, b: typeof a): number {
  return a.chain === b.chain ? a.at - b.at : a.chain.localeCompare(b.chain);
}

/** A process of its own that mutates one owner many times at once. */
async function race({ target }: TestDatabase, owner: OwnerRef, name: string, count: number): Promise<void> {
  const register = join(__dirname, '../calls/support/register.cjs');
  const script = join(__dirname, 'racer.ts');
  const args = [script, JSON.stringify(target), JSON.stringify(owner), name, String(count)];
  const child = spawn(process.execPath, ['-r', register, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
}
