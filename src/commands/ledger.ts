import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';

import { type Config, ConfigError } from '../config';
import { Database } from '../database';
import { exportLedger, faultText, linesOf, type Saved, type Verified, verifyLedger } from '../ledger';

/** What a command ends with. */
export const LEDGER_EXIT = { sound: 0, faulty: 1, failed: 2 } as const;

type Write = (text: string) => Promise<void>;

/**
 * `algogate ledger verify [--against FILE …]` and `algogate ledger export [--owner HANDLE]`, as processes.
 * @returns the exit code: what kept it from looking is 2, so that 1 is always a fault of the ledger
 */
export async function ledgerCommand(run: (write: Write) => Promise<number>): Promise<number> {
  // told by the promise of each write as well
  process.stdout.on('error', () => undefined);
  try {
    return await run(writeOut);
  } catch (error) {
    if (isClosedPipe(error)) return LEDGER_EXIT.sound;
    if (error instanceof ConfigError) throw error;
    process.stderr.write(`algogate: ${error instanceof Error ? error.message : String(error)}\n`);
    return LEDGER_EXIT.failed;
  }
}

/** Resolves when it has left: whoever reads slowly is waited for. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error == null) resolve();
      else reject(error);
    });
  });
}

function isClosedPipe(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'EPIPE';
}

/**
 * `algogate ledger verify`: a line for each fault, and one that sums up.
 * @param against files of earlier heads, exports or receipts; `-`: what comes in
 * @returns the exit code
 * @throws Error where it cannot be verified: no database, or one of another version, or no such file
 */
export async function verifyCommand(
  config: Config,
  against: readonly string[],
  write: Write,
): Promise<number> {
  for (const path of against) if (path !== '-') await access(path);
  return withDatabase(config, async (database) => {
    const began = performance.now();
    const tell = stubborn(write);
    const verified = await verifyLedger(database, against.map(savedIn), (fault) =>
      tell(`${faultText(fault)}\n`),
    );
    await tell(`${summary(verified, (performance.now() - began) / 1000)}\n`);
    return verified.faults === 0 ? LEDGER_EXIT.sound : LEDGER_EXIT.faulty;
  });
}

/**
 * `algogate ledger export`: the ledger as lines of JSON.
 * @param owner the handle of the one owner that is wanted; null: all of them
 * @returns the exit code
 * @throws Error where there is nothing to export
 */
export async function exportCommand(config: Config, owner: string | null, write: Write): Promise<number> {
  return withDatabase(config, async (database) => {
    if (!(await exportLedger(database, owner, write))) throw new Error(`there is no owner ${owner}`);
    return LEDGER_EXIT.sound;
  });
}

/** The database as it is: whoever looks for what was tampered with changes nothing. */
async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await Database.open(config.database);
  try {
    if (await database.hasPendingMigrations())
      throw new Error('the database is not up to date: algogate migrate');
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Goes on where nobody reads any more: the exit code is an answer too. */
function stubborn(write: Write): Write {
  return (text) =>
    write(text).catch((error: unknown) => {
      if (!isClosedPipe(error)) throw error;
    });
}

function savedIn(path: string): Saved {
  if (path === '-') return { name: 'stdin', lines: linesOf(process.stdin) };
  return { name: path, lines: linesIn(path) };
}

/** Opened when it is its turn. */
async function* linesIn(path: string): AsyncGenerator<string> {
  yield* linesOf(createReadStream(path));
}

function summary({ entries, owners, signedHeads, held, faults }: Verified, seconds: number): string {
  const result = faults === 0 ? 'sound' : `${faults} ${faults === 1 ? 'fault' : 'faults'}`;
  const rate = Math.round(entries / Math.max(seconds, 0.001));
  return `${result}: ${entries} entries of ${owners} owners, ${signedHeads} signed heads, ${held} held against them; ${rate} entries a second`;
}
