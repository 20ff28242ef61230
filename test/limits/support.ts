import { type Database, type Tx } from '../../src/database';
import type { OwnerId, UserPrincipal } from '../../src/domain/principal';
import { limitSubject, type LimitSubject } from '../../src/domain/limits/subject';
import { CallLimiter } from '../../src/limits/call-limiter';
import type { Counts } from '../../src/limits/counts';
import { LimitCache, type LimitEvents } from '../../src/limits/limit-cache';
import { Quotas } from '../../src/limits/quotas';
import { Rates } from '../../src/limits/rates';
import { AlgorithmRow, ApiKeyRow, LimitRow, OwnerRow } from '../../entities';

/** The ledger's entries, as a test says that they came. */
export class TestEvents implements LimitEvents {
  isFresh = true;
  databaseAway = false;
  caughtUp = 0;
  private readonly listeners: Parameters<LimitEvents['onEvent']>[0][] = [];

  catchUp(): Promise<void> {
    this.caughtUp += 1;
    return Promise.resolve();
  }

  onEvent(listener: Parameters<LimitEvents['onEvent']>[0]): void {
    this.listeners.push(listener);
  }

  limitsSet(detail: object): void {
    for (const listener of this.listeners) {
      listener({ entry: { action: 'limits.set', changeJson: JSON.stringify(detail) } });
    }
  }
}

/** A clock that stands still until it is set. */
export class TestClock {
  constructor(public at: number) {}

  readonly now = (): number => this.at;
}

/** Limits as the call path has them, on a database, with counts and a clock of the test's. */
export function limitsOn(
  database: Database,
  counts: Counts,
  { events = new TestEvents(), now = Date.now }: { events?: TestEvents; now?: () => number } = {},
): CallLimiter {
  const quotas = new Quotas({
    database,
    counts,
    drained: () => Promise.resolve(),
    settledAt: () => 0,
    onFault: (fault) => {
      throw fault;
    },
    now,
  });
  return new CallLimiter({ cache: new LimitCache(database, events), rates: new Rates(null), quotas, now });
}

/** A new user that calls by whatever key it is given. */
export async function newUser(tx: Tx, handle: string): Promise<UserPrincipal> {
  const { identifiers } = await tx.insert(OwnerRow, {
    handle,
    handleKey: handle,
    kind: 'USER',
    displayName: null,
    suspendedAt: null,
    createdAt: 1,
  });
  const owner = { id: Number(identifiers[0]?.['id']), handle };
  return { kind: 'user', owner, roles: new Map(), key: null };
}

/** The same user by a new key. */
export async function byNewKey(tx: Tx, user: UserPrincipal, prefix: string): Promise<UserPrincipal> {
  const { identifiers } = await tx.insert(ApiKeyRow, {
    ownerId: user.owner.id,
    prefix,
    secretHash: '0'.repeat(64),
    scopes: '[]',
    createdAt: 1,
  });
  return { ...user, key: { id: Number(identifiers[0]?.['id']), prefix, scopes: [] } };
}

/** An algorithm of an owner, as far as its calls are counted. */
export async function newAlgorithm(tx: Tx, { owner }: UserPrincipal, name: string): Promise<number> {
  const { identifiers } = await tx.insert(AlgorithmRow, {
    ownerId: owner.id,
    name,
    nameKey: name,
    tags: '[]',
    createdAt: 1,
  });
  return Number(identifiers[0]?.['id']);
}

/** Limits of a consumer, put straight into the table. */
export function setOwnerLimits(tx: Tx, consumerId: OwnerId, limits: Partial<LimitRow>): Promise<void> {
  return setLimits(tx, { keyId: null, consumerId, algorithmId: null }, limits);
}

/** Limits of any subject, put straight into the table. */
export async function setLimits(tx: Tx, parts: LimitSubject, limits: Partial<LimitRow>): Promise<void> {
  const subject = limitSubject(parts);
  await tx.delete(LimitRow, { subject });
  await tx.insert(LimitRow, { subject, ...parts, daySince: 1, monthSince: 1, ...limits });
}
