import fc from 'fast-check';

import { Database, MAX_WRITE_MS } from '../../src/database';
import type { OwnerRef } from '../../src/domain/principal';
import { type Entry, Follower, Ledger, type LedgerEvent } from '../../src/ledger';
import { CHAINS } from '../../src/ledger/entry';
import { DATABASES, type TestDatabase } from '../builders/databases';
import {
  allEntries,
  changeOf,
  commitLate,
  commitMany,
  foundOwner,
  note,
  pause,
  soundChains,
} from './support';

const POLL_MS = 10;
/** How far behind its commit the time of an entry can be. */
const LATEST_MS = MAX_WRITE_MS;

describe.each(DATABASES)('following another replica on %s', (_name, create) => {
  let made: TestDatabase;
  let here: Database;
  let there: Database;
  let ledgers: { readonly here: Ledger; readonly there: Ledger };
  /** Of the replica `there`. */
  let follower: Follower;
  let heard: LedgerEvent[];
  let failing: boolean;
  let owners = 0;

  beforeAll(async () => {
    made = await create();
    here = await Database.open(made.target);
    there = await Database.open(made.target);
    await here.migrate();
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await made.drop();
  });
  beforeEach(async () => {
    ledgers = { here: new Ledger(here), there: new Ledger(there) };
    failing = false;
    heard = [];
    follower = new Follower(sometimesAway(), ledgers.there, { maxStalenessMs: 60_000, pollMs: POLL_MS });
    follower.onEvent((event) => heard.push(event));
    await follower.start();
  });
  afterEach(() => follower.stop());

  /** The database of `there`, every look at which fails while `failing` is set. */
  function sometimesAway(): Database {
    return {
      dialect: there.dialect,
      get reads() {
        if (failing) throw new Error('the database is away');
        return there.reads;
      },
    } as unknown as Database;
  }

  const newOwner = () => foundOwner(ledgers.here, `Owner${++owners}`);
  const heardOf = ({ id }: OwnerRef) =>
    heard.filter(({ entry }) => entry.ownerId === id).map(({ entry }) => entry);

  /** Waits for a look at the database that began after all that was committed up to now. */
  async function caughtUp(): Promise<void> {
    const now = Date.now();
    while (Date.now() - follower.stalenessMs <= now) await pause(POLL_MS);
  }

  test('an entry of another replica is heard of as it is, under the lower-case handle of its owner', async () => {
    const owner = await newOwner();
    await note(ledgers.here, owner, changeOf('private', 'test.changed', { text: '𝒜' }));
    await caughtUp();
    const entries = await allEntries(there, owner);
    expect(entries).toHaveLength(2);
    expect(heardOf(owner)).toEqual(expect.arrayContaining(entries));
    expect(heard.every(({ ownerKey }) => ownerKey === owner.handle.toLowerCase())).toBe(true);
  });

  test('a transaction that takes its time under the lock is heard of once it has committed', async () => {
    const owner = await newOwner();
    await caughtUp();
    let pollsMeanwhile = 0;
    await note(ledgers.here, owner, changeOf('public', 'slow'), async () => {
      for (; pollsMeanwhile < 5; pollsMeanwhile += 1) await caughtUp();
      expect(heardOf(owner).map(({ action }) => action)).not.toContain('slow');
    });
    await caughtUp();
    expect(heardOf(owner).map(({ action }) => action)).toContain('slow');
  });

  test('so is one that shows a time before the last look, of an owner known or not', async () => {
    const [known, unknown] = [await newOwner(), await newOwner()];
    await note(ledgers.here, known, changeOf('public'));
    await caughtUp();
    heard = [];
    for (const owner of [known, unknown]) {
      for (const chain of CHAINS) await commitLate(here, owner, chain, LATEST_MS);
    }
    await caughtUp();
    for (const owner of [known, unknown]) {
      await soundChains(there, owner);
      const late = (await allEntries(there, owner)).filter(({ actor }) => actor === 'late');
      expect(late).toHaveLength(2);
      expect(heardOf(owner)).toEqual(expect.arrayContaining(late));
    }
  });

  test('more than any one look reads is heard of in full', async () => {
    const owner = await newOwner();
    await caughtUp();
    await caughtUp();
    heard = [];
    await commitMany(here, owner, 2500);
    await caughtUp();
    expect(heardOf(owner)).toEqual((await allEntries(there, owner)).slice(1));
    expect(heardOf(owner)).toHaveLength(2500);
  });

  test('an owner that was forgotten, since nothing moved for long, is heard of again', async () => {
    const owner = await newOwner();
    // at the far end of what is looked back on, and out of it a moment later
    await there.write((tx) =>
      tx.query('UPDATE ledger_heads SET moved_at = moved_at - 14500 WHERE owner_id = ?', [owner.id]),
    );
    await pause(600);
    await caughtUp();
    await caughtUp();
    heard = [];
    await note(ledgers.here, owner, changeOf('private', 'again'));
    await note(ledgers.here, owner, changeOf('public', 'again'));
    await caughtUp();
    expect(heardOf(owner)).toEqual(expect.arrayContaining((await allEntries(there, owner)).slice(-2)));
  });

  test('of a known owner, what this process commits is not announced again, what others commit between is', async () => {
    const owner = await newOwner();
    await caughtUp();
    await caughtUp();
    heard = [];
    failing = true; // no look comes between
    await note(ledgers.there, owner, changeOf('public', 'own 1'));
    await note(ledgers.there, owner, changeOf('private', 'own 2'));
    failing = false;
    await caughtUp();
    await caughtUp();
    expect(heardOf(owner).map(({ action }) => action)).toEqual(['own 1', 'own 2']);
    failing = true;
    await note(ledgers.here, owner, changeOf('public', 'other'));
    await note(ledgers.there, owner, changeOf('public', 'own 3'));
    failing = false;
    await caughtUp();
    expect(heardOf(owner).map(({ action }) => action)).toEqual(expect.arrayContaining(['other', 'own 3']));
  });

  test('whatever happens, in whatever order, no entry goes unheard', async () => {
    const step = fc.record({
      what: fc.constantFrom('here', 'here', 'there', 'there', 'late', 'away', 'found'),
      owner: fc.nat(2),
      chain: fc.constantFrom(...CHAINS),
      ms: fc.constantFrom(0, 0, 1, POLL_MS, 2 * POLL_MS),
      age: fc.nat(LATEST_MS),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        heard = [];
        const some = [await newOwner(), await newOwner(), await newOwner()];
        const running: Promise<unknown>[] = [];
        for (const { what, owner: at, chain, ms, age } of steps) {
          const owner = some[at]!;
          if (what === 'away') failing = !failing;
          else if (what === 'found') running.push(newOwner().then((one) => some.push(one)));
          else if (what === 'late') running.push(commitLate(here, owner, chain, age));
          else running.push(note(ledgers[what], owner, changeOf(chain), () => pause(ms)));
          // two writers in one process would wait for one another's lock of the file, and for ever
          if (here.dialect === 'sqlite') await running.at(-1);
          await pause(ms);
        }
        await Promise.all(running);
        failing = false;
        await caughtUp();
        const found = new Map(heard.map(({ entry }) => [placeOf(entry), entry]));
        for (const owner of some) {
          for (const entry of await allEntries(there, owner)) {
            expect([placeOf(entry), found.get(placeOf(entry))]).toEqual([placeOf(entry), entry]);
          }
        }
      }),
      { numRuns: 8 },
    );
  });
});

function placeOf({ ownerId, chain, sequence }: Entry): string {
  return `${ownerId} ${chain} ${sequence}`;
}
