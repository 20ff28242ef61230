import { DATABASES } from '../builders/databases';
import { faultsOf } from '../soak/balance';
import { soakFullJournal } from '../soak/full-journal';
import { COMMITTED, soakKills, TAKEN_OVER } from '../soak/kills';
import { soakOutages } from '../soak/outages';
import { HAS_MARIADB, OwnMariadb } from '../soak/own-mariadb';

/**
 * Chapter 6, "No answer unmetered", through the front door of a server that is a process of its own: `npm run soak`
 * does the same for longer.
 */

jest.setTimeout(180_000);

const CLIENTS = 24;
const MARIADB_REQUIRED = process.env['ALGOGATE_TEST_REQUIRE_MYSQL'] === '1';

test.each(DATABASES)(
  'what was answered is counted, once, whenever the server is killed; on %s',
  async (_name, create) => {
    const database = await create();
    try {
      const deaths = ['ANY', TAKEN_OVER, COMMITTED] as const;
      const balance = await soakKills({
        target: database.target,
        clients: CLIENTS,
        seed: 6,
        calls: 2000,
        deaths,
      });
      expect(faultsOf(balance)).toEqual([]);
      expect(balance.answered).toBeGreaterThanOrEqual(2000);
      expect(balance.mayBeCut).toBe(CLIENTS * deaths.length);
      expect(balance.drainedAgain).toBeGreaterThan(0);
    } finally {
      await database.drop();
    }
  },
);

if (HAS_MARIADB || MARIADB_REQUIRED) {
  describe('while a database of our own comes and goes', () => {
    let mariadb: OwnMariadb;

    beforeAll(async () => {
      mariadb = await OwnMariadb.create();
    });

    afterAll(() => mariadb.remove());

    test('calls go on from memory, and each is counted once when it is back', async () => {
      const outages = [
        { how: 'SIGKILL', ms: 4000 },
        { how: 'SIGSTOP', ms: 2000 },
        { how: 'SIGTERM', ms: 2000, killsServer: true },
      ] as const;
      const balance = await soakOutages(mariadb, { clients: CLIENTS, seed: 6, restMs: 20, outages });
      expect(faultsOf(balance)).toEqual([]);
      expect(balance.mayBeCut).toBe(CLIENTS);
      const [killed = 0, , stopped = 0] = balance.answeredMeanwhile;
      expect(Math.min(killed, stopped)).toBeGreaterThan(100);
    });

    test('a full journal refuses calls before they are forwarded, and admits them again', async () => {
      const options = { clients: CLIENTS, seed: 6, maxBytes: 100_000, refusals: 200 };
      const balance = await soakFullJournal(mariadb, options);
      expect(faultsOf(balance)).toEqual([]);
      expect(balance).toMatchObject({ cut: 0, unanswered: 0, unheard: 0 });
      expect(balance.refused).toBeGreaterThanOrEqual(200);
    });
  });
}
