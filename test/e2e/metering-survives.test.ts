import { DATABASES } from '../builders/databases';
import { faultsOf } from '../soak/balance';
import { COMMITTED, soakKills, TAKEN_OVER } from '../soak/kills';
import { soakOutages } from '../soak/outages';
import { OwnMariadb, STARTS_MARIADB } from '../soak/own-mariadb';

/**
 * Chapter 6, "No answer unmetered", through the front door of a server that is a process of its own: `npm run soak`
 * does the same for longer.
 */

jest.setTimeout(180_000);

const CLIENTS = 24;

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

/** A database that can be taken away is one of our own. */
if (STARTS_MARIADB) {
  test('calls go on from memory while the database is away, until the journal is full; each counts once', async () => {
    const mariadb = await OwnMariadb.create();
    try {
      const balance = await soakOutages(mariadb, {
        clients: CLIENTS,
        seed: 6,
        restMs: 60,
        settings: { ALGOGATE_JOURNAL_MAX_BYTES: '600KiB' },
        outages: [
          { how: 'SIGKILL', until: { refusals: 200 } },
          { how: 'SIGSTOP', until: { ms: 2000 } },
          { how: 'SIGTERM', until: { ms: 2000 } },
        ],
      });
      expect(faultsOf(balance)).toEqual([]);
      // what was refused was not forwarded
      expect(balance).toMatchObject({ cut: 0, unanswered: 0, unheard: 0 });
      expect(balance.refused).toBeGreaterThanOrEqual(200);
      const [full = 0, , stopped = 0] = balance.answeredMeanwhile;
      expect(Math.min(full, stopped)).toBeGreaterThan(50);
    } finally {
      await mariadb.remove();
    }
  });
}
