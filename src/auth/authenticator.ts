import { timingSafeEqual } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { answered, type Database, isDatabaseAway } from '../database';
import { AlgogateError } from '../domain/errors';
import { ANONYMOUS, OPERATOR, type OwnerId, type OwnerRef, type Principal } from '../domain/principal';
import type { Follower, LedgerEvent } from '../ledger';
import { digest, isKey, keyPrefix } from './api-key';
import { credentialOf } from './credential';
import { readKey, readStanding, type StoredKey, type UserStanding, writeLastUsed } from './store';
import type { PrincipalFacts } from './principal-claims';

/** How many of each. A number in `max` would take the room for all of them as the replica starts. */
const CACHED = { maxSize: 100_000, sizeCalculation: () => 1 } as const;
const LAST_USED_EVERY_MS = 60_000;
/** Keys in one statement: databases bound the number of parameters. */
const MAX_WRITTEN = 1000;
/** What the ledger says of keys and of the standing of users; a new organisation has its first admin. */
const CONCERNS = /^(apiKey\.|member\.|user\.|organization\.created$)/;

/** A key in memory, with what its comparison needs and the principal that it stands for, once that was made. */
interface CachedKey extends StoredKey {
  readonly hashBytes: Buffer;
  principal: { readonly standing: UserStanding | null; readonly value: Principal } | null;
}

/**
 * Credential to principal. Keys and the standing of users are kept in memory and dropped when the ledger says that
 * they changed, so that a right that was taken away is gone within a second at every replica. Source: chapter 7.
 */
export class Authenticator {
  /** By public prefix; null: no such key. */
  private readonly keys = new LRUCache<string, { readonly key: CachedKey | null }>(CACHED);
  private readonly standings = new LRUCache<OwnerId, UserStanding>(CACHED);
  /** Counts what was heard, so that a read that began before an event does not outlive it in memory. */
  private heard = 0;
  private readonly used = new Map<number, number>();
  private timer: NodeJS.Timeout | null = null;
  private readonly rootDigest: Buffer | null;

  constructor(
    private readonly database: Database,
    private readonly follower: Follower,
    rootKey: string | null,
  ) {
    this.rootDigest = rootKey === null ? null : digest(rootKey);
    follower.onEvent((event) => {
      this.hear(event);
    });
  }

  start(): void {
    this.timer = setInterval(() => void this.flushLastUsed(), LAST_USED_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.flushLastUsed();
  }

  /**
   * Who sends this `Authorization` header: at once where that is in memory and fresh, else a promise.
   * @throws AlgogateError UNAUTHENTICATED for a credential that is not good; UNAVAILABLE
   */
  authenticate(authorization: string | undefined): Principal | Promise<Principal> {
    const credential = credentialOf(authorization);
    if (credential === null) return ANONYMOUS;
    if (!isKey(credential)) return this.operatorBy(credential);
    const cached = this.follower.isFresh ? this.keys.get(keyPrefix(credential)) : undefined;
    if (cached === undefined) return this.authenticateAnew(credential);
    const key = verify(cached.key, credential);
    const standing = key.ownerKind === 'USER' ? this.standings.get(key.owner.id) : null;
    return standing === undefined ? this.authenticateAnew(credential) : this.principalBy(key, standing);
  }

  /**
   * Whom a token of ours names, with the rights of this moment: a key that was revoked since, or a role that was taken
   * away, is gone as soon as this process hears of it.
   * @throws AlgogateError UNAUTHENTICATED for a key or a user that is not good any more; UNAVAILABLE
   */
  async principalNamed(facts: PrincipalFacts): Promise<Principal> {
    if (facts.kind === 'anonymous') return ANONYMOUS;
    if (facts.kind === 'operator') return OPERATOR;
    await this.follower.catchUp();
    return this.looked(async () => {
      const key = facts.key === null ? null : await this.goodKey(facts.key.id, facts.key.prefix);
      if (key !== null && key.owner.id !== facts.owner.id) throw unauthenticated();
      const standing = facts.kind === 'user' ? await this.standingOf(facts.owner.id) : null;
      return key === null ? keyless(facts.owner, standing) : this.principalOf(key, standing);
    });
  }

  private async goodKey(id: number, prefix: string): Promise<CachedKey> {
    const { key } = await this.keyNamed(prefix);
    if (key?.facts.id !== id) throw unauthenticated();
    return assertGood(key);
  }

  private operatorBy(credential: string): Principal {
    if (this.rootDigest !== null && timingSafeEqual(digest(credential), this.rootDigest)) return OPERATOR;
    throw unauthenticated();
  }

  private async authenticateAnew(credential: string): Promise<Principal> {
    await this.follower.catchUp();
    return this.looked(async () => {
      const key = verify((await this.keyNamed(keyPrefix(credential))).key, credential);
      return this.principalBy(key, key.ownerKind === 'USER' ? await this.standingOf(key.owner.id) : null);
    });
  }

  private async looked<T>(look: () => Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    }
  }

  private async keyNamed(prefix: string): Promise<{ readonly key: CachedKey | null }> {
    return this.keys.get(prefix) ?? (await this.answered(this.loadKey(prefix)));
  }

  private async standingOf(userId: OwnerId): Promise<UserStanding> {
    return this.standings.get(userId) ?? (await this.answered(this.loadStanding(userId)));
  }

  private answered<T>(look: Promise<T>): Promise<T> {
    return answered(look, this.follower.databaseAway);
  }

  private async loadKey(prefix: string): Promise<{ readonly key: CachedKey | null }> {
    const before = this.heard;
    const stored = await readKey(this.database.reads, prefix);
    const key = stored && { ...stored, hashBytes: Buffer.from(stored.secretHash, 'hex'), principal: null };
    const cached = { key };
    if (this.heard === before) this.keys.set(prefix, cached);
    return cached;
  }

  private async loadStanding(userId: OwnerId): Promise<UserStanding> {
    const before = this.heard;
    const standing = await readStanding(this.database.reads, userId);
    if (this.heard === before) this.standings.set(userId, standing);
    return standing;
  }

  /** By its own key, which was used just now. */
  private principalBy(key: CachedKey, standing: UserStanding | null): Principal {
    const principal = this.principalOf(key, standing);
    this.used.set(key.facts.id, Date.now());
    return principal;
  }

  private principalOf(key: CachedKey, standing: UserStanding | null): Principal {
    if (standing?.suspended === true) throw unauthenticated();
    if (key.principal === null || key.principal.standing !== standing) {
      key.principal = { standing, value: makePrincipal(key, standing) };
    }
    return key.principal.value;
  }

  private hear({ entry: { action, changeJson } }: LedgerEvent): void {
    if (!CONCERNS.test(action)) return;
    this.heard += 1;
    const change = JSON.parse(changeJson) as { prefix?: unknown; userId?: unknown };
    if (typeof change.prefix === 'string') this.keys.delete(change.prefix);
    if (typeof change.userId === 'number') this.standings.delete(change.userId);
  }

  private async flushLastUsed(): Promise<void> {
    const byTime = new Map<number, number[]>();
    for (const [keyId, at] of this.used) {
      const minute = at - (at % LAST_USED_EVERY_MS);
      const keyIds = byTime.get(minute);
      if (keyIds === undefined) byTime.set(minute, [keyId]);
      else keyIds.push(keyId);
    }
    this.used.clear();
    try {
      for (const [at, keyIds] of byTime) {
        for (let from = 0; from < keyIds.length; from += MAX_WRITTEN) {
          const some = keyIds.slice(from, from + MAX_WRITTEN);
          await this.database.write((tx) => writeLastUsed(tx, some, at));
        }
      }
    } catch {
      // "last used" is a hint for people; losing a minute of it while the database is away harms nobody
    }
  }
}

function verify(key: CachedKey | null, credential: string): CachedKey {
  if (key === null || !timingSafeEqual(digest(credential), key.hashBytes)) {
    throw unauthenticated();
  }
  return assertGood(key);
}

function assertGood(key: CachedKey): CachedKey {
  if (key.revoked || (key.expiresAt !== null && key.expiresAt <= Date.now())) throw unauthenticated();
  return key;
}

/** A user that came without a key. */
function keyless(owner: OwnerRef, standing: UserStanding | null): Principal {
  if (standing === null || standing.suspended) throw unauthenticated();
  return { kind: 'user', owner, roles: standing.roles, key: null };
}

function makePrincipal(key: CachedKey, standing: UserStanding | null): Principal {
  const { owner, facts } = key;
  return standing === null
    ? { kind: 'organization', owner, key: facts }
    : { kind: 'user', owner, roles: standing.roles, key: facts };
}

function unauthenticated(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the credential is not valid');
}
