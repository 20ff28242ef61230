import 'reflect-metadata';

import { parseArgs } from 'node:util';

import { sqliteDatabase } from '../builders/databases';
import { type Balance, faultsOf } from './balance';
import { COMMITTED, type Death, soakKills, TAKEN_OVER, TAKING_OVER } from './kills';
import { type Outage, soakOutages } from './outages';
import { OwnMariadb } from './own-mariadb';

/** `npm run soak`, with `-- --seed N` to repeat one: the long form of `test/e2e/metering-survives.test.ts`. */

const CLIENTS = 32;
const CALLS = 20_000;
/** Ten at random moments, and the moments that matter most in between. */
const DEATHS: readonly ['ANY', ...Death[]] = [
  'ANY',
  ...(['ANY', TAKING_OVER, 'ANY', TAKEN_OVER, 'ANY', 'ANY', COMMITTED] as const),
  ...(['ANY', TAKING_OVER, TAKEN_OVER, 'ANY', COMMITTED, 'ANY', 'ANY', 'ANY'] as const),
];
const MINUTE_MS = 60_000;
const OUTAGES: readonly Outage[] = [
  { how: 'SIGTERM', until: { ms: MINUTE_MS } },
  { how: 'SIGKILL', until: { ms: MINUTE_MS } },
  { how: 'SIGSTOP', until: { ms: MINUTE_MS } },
  { how: 'SIGKILL', until: { ms: MINUTE_MS }, killsServer: true },
];

/** Calls are refused while the journal is full, and admitted after that, twice. */
const FULL = {
  settings: { ALGOGATE_JOURNAL_MAX_BYTES: '1MiB' },
  outages: (['SIGKILL', 'SIGTERM'] as const).map((how) => ({ how, until: { refusals: 2000 } })),
};

interface Soak {
  readonly name: string;
  readonly run: (seed: number) => Promise<Balance>;
}

/** @param mariadb a server of the soak's own */
function soaksOn(mariadb: OwnMariadb): readonly Soak[] {
  const killed = { clients: CLIENTS, calls: CALLS, deaths: DEATHS };
  return [
    { name: 'kills, SQLite', run: killsOnSqlite },
    {
      name: 'kills, MariaDB',
      run: async (seed) => soakKills({ ...killed, seed, target: await mariadb.newDatabase() }),
    },
    {
      name: 'database away',
      run: (seed) => soakOutages(mariadb, { clients: CLIENTS, seed, restMs: 20, outages: OUTAGES }),
    },
    {
      name: 'journal full',
      run: (seed) => soakOutages(mariadb, { clients: CLIENTS, seed, restMs: 0, ...FULL }),
    },
  ];

  async function killsOnSqlite(seed: number): Promise<Balance> {
    const database = await sqliteDatabase();
    try {
      return await soakKills({ ...killed, seed, target: database.target });
    } finally {
      await database.drop();
    }
  }
}

const COLUMNS = ['answered', 'refused', 'mayBeCut', 'cut', 'unheard', 'lost', 'doubled'] as const;
const WIDTH = 10;

function row(name: string, cells: readonly (string | number)[]): string {
  return `${name.padEnd(16)}${cells.map((cell) => String(cell).padStart(WIDTH)).join('')}\n`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string' } } });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const mariadb = await OwnMariadb.create();
  process.stdout.write(`seed ${seed}\n${row('', [...COLUMNS, 'seconds'])}`);
  try {
    for (const { name, run } of soaksOn(mariadb)) {
      const began = performance.now();
      const balance = await run(seed);
      const seconds = Math.round((performance.now() - began) / 1000);
      process.stdout.write(row(name, [...COLUMNS.map((column) => balance[column]), seconds]));
      for (const fault of faultsOf(balance)) {
        process.stdout.write(`  ${fault}\n`);
        process.exitCode = 1;
      }
    }
  } finally {
    await mariadb.remove();
  }
}

void main();
