import { createHash } from 'node:crypto';

import { LessThan } from 'typeorm';

import { IdempotencyKeyRow } from '../../entities';
import { type Database, isDuplicate } from '../database';
import {
  type ClaimResult,
  type IdempotencyClaim,
  type IdempotencyStore,
  KEPT_FOR_MS,
  type KeptAnswer,
} from './idempotency';

const MAX_ATTEMPTS = 5;
const PURGED_AT_ONCE = 500;

/** Used keys in the database, where every replica sees them. The unique key settles who came first. */
export class DatabaseIdempotencyStore implements IdempotencyStore {
  constructor(private readonly database: Database) {}

  async claim(claim: IdempotencyClaim): Promise<ClaimResult> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      // looked at first, so that a call that is repeated waits for no one's write
      const row = await this.database.read((tx) => tx.findOneBy(IdempotencyKeyRow, keyOf(claim)));
      if (row !== null && !isOver(row)) return stateOf(row, claim);
      const claimed = row === null ? await this.insert(claim) : await this.takeOver(claim, row);
      if (claimed) return { state: 'claimed' };
    }
    return { state: 'in-progress' };
  }

  async keep(claim: IdempotencyClaim, answer: KeptAnswer | null): Promise<void> {
    const { body = null, ...head } = answer ?? {};
    await this.database.write((tx) =>
      tx.update(
        IdempotencyKeyRow,
        { ...keyOf(claim), leaseUntil: claim.leaseUntil, done: false },
        {
          done: true,
          expiresAt: Date.now() + KEPT_FOR_MS,
          answerHead: answer === null ? null : JSON.stringify(head),
          answerBody: body,
        },
      ),
    );
  }

  async release(claim: IdempotencyClaim): Promise<void> {
    await this.database.write((tx) =>
      tx.delete(IdempotencyKeyRow, { ...keyOf(claim), leaseUntil: claim.leaseUntil, done: false }),
    );
  }

  /** Forgets what is over, a few at a time: one write that takes too long would be made again for ever. */
  async purge(): Promise<void> {
    for (;;) {
      const over = await this.database.reads.find(IdempotencyKeyRow, {
        where: { expiresAt: LessThan(Date.now()) },
        select: { principal: true, keyHash: true, expiresAt: true },
        take: PURGED_AT_ONCE,
      });
      await this.database.write(async (tx) => {
        for (const { principal, keyHash, expiresAt } of over) {
          await tx.delete(IdempotencyKeyRow, { principal, keyHash, expiresAt });
        }
      });
      if (over.length < PURGED_AT_ONCE) return;
    }
  }

  private async insert(claim: IdempotencyClaim): Promise<boolean> {
    try {
      await this.database.write((tx) =>
        tx.insert(IdempotencyKeyRow, { ...keyOf(claim), ...freshClaim(claim) }),
      );
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** Of those who find an abandoned claim at once, the first to change it has it. */
  private async takeOver(claim: IdempotencyClaim, row: IdempotencyKeyRow): Promise<boolean> {
    const unchanged = { leaseUntil: row.leaseUntil, expiresAt: row.expiresAt };
    const result = await this.database.write((tx) =>
      tx.update(IdempotencyKeyRow, { ...keyOf(claim), ...unchanged }, freshClaim(claim)),
    );
    return result.affected === 1;
  }
}

function keyOf({ principalId, key }: IdempotencyClaim) {
  return { principal: principalId, keyHash: createHash('sha256').update(key).digest('hex') };
}

function freshClaim({ digest, leaseUntil }: IdempotencyClaim) {
  const expiresAt = Math.max(Date.now() + KEPT_FOR_MS, leaseUntil);
  return { bodyDigest: digest, leaseUntil, expiresAt, done: false, answerHead: null, answerBody: null };
}

function isOver({ done, leaseUntil, expiresAt }: IdempotencyKeyRow): boolean {
  const now = Date.now();
  return Number(expiresAt) < now || (!done && Number(leaseUntil) < now);
}

function stateOf(row: IdempotencyKeyRow, claim: IdempotencyClaim): ClaimResult {
  if (row.bodyDigest !== claim.digest) return { state: 'mismatch' };
  if (!row.done) return { state: 'in-progress' };
  if (row.answerHead === null || row.answerBody === null) return { state: 'done', answer: null };
  const head = JSON.parse(row.answerHead) as Omit<KeptAnswer, 'body'>;
  return { state: 'done', answer: { ...head, body: row.answerBody } };
}
