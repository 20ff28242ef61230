import type { Database, Tx } from '../../database';
import { SigningKeys } from '../../keys';
import type { Chain } from '../entry';
import { type Fault, placeOf } from './fault';
import { type Scanned, scan } from './scan';
import { Signatures } from './signatures';
import { signedHeadPages, type StoredSignedHead } from './store';
import { Testimonies } from './testimony';
import { isSame, readLine, readSigned, type Testimony } from './witness';

/** What was saved elsewhere of a ledger: earlier heads, an export, receipts; one in each line. */
export interface Saved {
  /** What faults call it. */
  readonly name: string;
  readonly lines: AsyncIterable<string>;
}

/** What was looked at, and what was found. */
export interface Verified extends Scanned {
  signedHeads: number;
  /** Entries, heads and receipts of what was saved elsewhere. */
  held: number;
  faults: number;
}

/** Lines that are read together: their signatures are checked on all cores. */
const LINES_AT_ONCE = 200;

/**
 * Recomputes all chains and holds them to the signed heads in the database, and to what was saved elsewhere; all of the
 * database as of one moment, beside replicas that serve it. What it needs of memory does not grow with the ledger.
 * Source: chapter 7, "proof".
 * @param tell is told of each fault as it is found
 */
export async function verifyLedger(
  database: Database,
  saved: readonly Saved[],
  tell: (fault: Fault) => Promise<void>,
): Promise<Verified> {
  const verified: Verified = { entries: 0, owners: 0, signedHeads: 0, held: 0, faults: 0 };
  await database.longSnapshot(async (tx) => {
    const signatures = new Signatures(await SigningKeys.readPublic(tx));
    const testimonies = new Testimonies(tx, database.reads);
    for await (const fault of faultsIn(tx, { signatures, testimonies, saved, verified })) {
      verified.faults += 1;
      await tell(fault);
    }
  });
  return verified;
}

interface Look {
  readonly signatures: Signatures;
  readonly testimonies: Testimonies;
  readonly saved: readonly Saved[];
  readonly verified: Verified;
}

async function* faultsIn(tx: Tx, look: Look): AsyncGenerator<Fault> {
  yield* scan(tx, look.verified);
  for await (const page of signedHeadPages(tx)) yield* signedHeadFaults(page, look);
  yield* look.testimonies.faults();
  for (const one of look.saved) {
    yield* savedFaults(one, look);
    yield* look.testimonies.faults();
  }
  look.verified.held = look.testimonies.count - look.verified.signedHeads;
}

async function* signedHeadFaults(
  heads: readonly StoredSignedHead[],
  { signatures, testimonies, verified }: Look,
): AsyncGenerator<Fault> {
  const read = await Promise.all(heads.map(({ jws }) => readSigned(jws, signatures)));
  for (const [at, head] of heads.entries()) {
    const problem = problemOf(head, read[at]);
    if (problem !== null) {
      const where = placeOf(head.owner ?? `owner ${head.ownerId}`, head.chain, head.sequence);
      yield { where, what: `its signed head: ${problem}` };
      continue;
    }
    verified.signedHeads += 1;
    await testimonies.hear({ witness: asWitness(head), from: 'a signed head' });
  }
}

function problemOf(head: StoredSignedHead, read: Testimony | undefined): string | null {
  if (read === undefined || 'problem' in read) return read?.problem ?? 'it is not there';
  const [witness] = read.witnesses;
  return witness !== undefined && isSame(witness, asWitness(head))
    ? null
    : 'it says something else than its row';
}

function asWitness({ owner, chain, sequence, hash }: StoredSignedHead) {
  return { owner: owner ?? '', chain: chain as Chain, sequence, hash };
}

async function* savedFaults({ name, lines }: Saved, look: Look): AsyncGenerator<Fault> {
  let number = 0;
  for await (const some of inGroups(lines)) {
    const read = await Promise.all(some.map((line) => readLine(line, look.signatures)));
    for (const [at, line] of some.entries()) {
      number += 1;
      const testimony = read[at];
      if (testimony === undefined || line === '') continue;
      if ('problem' in testimony) {
        yield { where: `${name}:${number}`, what: testimony.problem };
        continue;
      }
      for (const witness of testimony.witnesses) {
        await look.testimonies.hear({ witness, from: `${name}:${number}` });
      }
    }
  }
}

async function* inGroups(lines: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let group: string[] = [];
  for await (const line of lines) {
    group.push(line.trim());
    if (group.length < LINES_AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
