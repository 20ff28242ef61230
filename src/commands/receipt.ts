import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

import { readConfig } from '../config';
import { Database } from '../database';
import { SigningKeys } from '../keys';
import { type PublicKeys, readKeySet, ReceiptError, verifyReceipt } from '../receipts';

const WELL_KNOWN = '/.well-known/jwks.json';
const FETCH_MS = 10_000;

/**
 * `algogate receipt verify FILE|- [--jwks FILE|URL]`: no server is asked, and nothing at all where the keys are a file.
 * @param given the name of a file, or `-` for the standard input: a receipt, or the JSON of an answer that carries one
 * @param jwks the keys: a file, a URL, or the URL of a marketplace; null: those of the database of the configuration
 * @returns the statement, as JSON
 * @throws Error saying what is wrong with the receipt, or why the keys cannot be read; ConfigError
 */
export async function verifyReceiptCommand(given: string, jwks: string | null): Promise<string> {
  const receipt = receiptIn(given === '-' ? await text(process.stdin) : readFileSync(given, 'utf8'));
  const keys = await keysOf(jwks);
  try {
    return `${JSON.stringify(verifyReceipt(receipt, keys), null, 2)}\n`;
  } catch (error) {
    if (error instanceof ReceiptError) throw new Error(`the receipt does not hold: ${error.message}`);
    throw error;
  }
}

/** What an answer of a resolution or a call carries, where it is one. */
function receiptIn(content: string): string {
  if (!content.trimStart().startsWith('{')) return content;
  let answer: { receipt?: unknown; metadata?: { receipt?: unknown } };
  try {
    answer = JSON.parse(content) as typeof answer;
  } catch {
    return content;
  }
  const receipt = answer.receipt ?? answer.metadata?.receipt;
  if (typeof receipt !== 'string') throw new Error('there is no receipt in this answer');
  return receipt;
}

async function keysOf(jwks: string | null): Promise<PublicKeys> {
  if (jwks === null) return keysOfDatabase();
  return readKeySet(/^https?:\/\//.test(jwks) ? await fetched(new URL(jwks)) : readFileSync(jwks, 'utf8'));
}

async function keysOfDatabase(): Promise<PublicKeys> {
  const { database: target } = readConfig();
  // to look at it must not make one
  if (target.dialect === 'sqlite' && !existsSync(target.path)) {
    throw new Error('there is no database of a marketplace here: name its keys by --jwks FILE|URL');
  }
  const database = await Database.open(target);
  try {
    return readKeySet(JSON.stringify(await SigningKeys.readJwks(database)));
  } finally {
    await database.close();
  }
}

async function fetched(url: URL): Promise<string> {
  if (url.pathname === '/') url.pathname = WELL_KNOWN;
  const failed = (why: string): Error => new Error(`the keys at ${url.href} cannot be read: ${why}`);
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) }).catch((error: unknown) => {
    throw failed(error instanceof Error ? error.message : String(error));
  });
  if (!response.ok) throw failed(`status ${response.status}`);
  return response.text();
}
