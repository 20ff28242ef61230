import { timingSafeEqual } from 'node:crypto';

import { answered, type Database, isDatabaseAway } from '../database';
import { AlgogateError } from '../domain/errors';
import {
  ANONYMOUS,
  OPERATOR,
  type OwnerId,
  type OwnerRef,
  type Principal,
  type SignIn,
} from '../domain/principal';
import type { Follower, LedgerEvent } from '../ledger';
import { isJwt } from '../oidc';
import { digest, isKey, keyPrefix } from './api-key';
import { credentialOf } from './credential';
import { readIdentity, type StoredIdentity } from './identity-store';
import { narrowedRoles } from './narrowed-roles';
import { Remembered } from './remembered';
import { readKey, readStanding, type StoredKey, type UserStanding, writeLastUsed } from './store';
import type { PrincipalFacts } from './principal-claims';
import type { SignedToken, TokenSignIns } from './token-sign-ins';

const LAST_USED_EVERY_MS = 60_000;
/** Keys in one statement: databases bound the number of parameters. */
const MAX_WRITTEN = 1000;
/** What the ledger says of keys and of the standing of users; a new organisation has its first admin. */
const CONCERNS = /^(apiKey\.|member\.|user\.|identity\.|trustedPublisher\.|organization\.created$)/;

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
  private readonly keys = new Remembered<string, { readonly key: CachedKey | null }>((prefix) =>
    this.loadKey(prefix),
  );
  private readonly standings = new Remembered<OwnerId, UserStanding>((userId) =>
    readStanding(this.database.reads, userId),
  );
  /** By what finds them; null: nobody here is linked to it. */
  private readonly identities = new Remembered<string, { readonly identity: StoredIdentity | null }>(
    async (identity) => ({ identity: await readIdentity(this.database.reads, identity) }),
  );
  private readonly used = new Map<number, number>();
  private timer: NodeJS.Timeout | null = null;
  private readonly rootDigest: Buffer | null;

  /** @param signIns tokens of issuers; null: none are trusted */
  constructor(
    private readonly database: Database,
    private readonly follower: Follower,
    rootKey: string | null,
    private readonly signIns: TokenSignIns | null = null,
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
    if (!isKey(credential)) return this.withoutKey(credential);
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
      if (key !== null) return this.principalOf(key, standing);
      if (standing === null) throw unauthenticated();
      const signIn = facts.kind === 'user' ? facts.signIn : undefined;
      return signIn === undefined
        ? keyless(facts.owner, standing)
        : this.signedIn(await this.goodIdentity(facts.owner, signIn), signIn, standing);
    });
  }

  /** The link of a sign-in that was looked at elsewhere, as long as it holds. */
  private async goodIdentity(owner: OwnerRef, signIn: SignIn): Promise<StoredIdentity> {
    const { identity } = await this.identityNamed(signIn.identity);
    const holds = identity?.id === signIn.identityId && identity.owner.id === owner.id;
    if (!holds || signIn.expiresAt <= Date.now()) throw unauthenticated();
    return identity;
  }

  private async goodKey(id: number, prefix: string): Promise<CachedKey> {
    const { key } = await this.keyNamed(prefix);
    if (key?.facts.id !== id) throw unauthenticated();
    return assertGood(key);
  }

  private withoutKey(credential: string): Principal | Promise<Principal> {
    if (this.rootDigest !== null && timingSafeEqual(digest(credential), this.rootDigest)) return OPERATOR;
    if (this.signIns === null || !isJwt(credential)) throw unauthenticated();
    const token = this.follower.isFresh ? this.signIns.known(credential) : null;
    return (token && this.remembered(token)) ?? this.signInAnew(this.signIns, credential);
  }

  /** Whom a token stands for, where all that this rests on is in memory as it was then. */
  private remembered({ identity, principal }: SignedToken): Principal | null {
    if (principal === null) return null;
    const link = this.identities.get(identity)?.identity;
    const standing = this.standings.get(principal.identity.owner.id);
    return link === principal.identity && standing === principal.standing ? principal.value : null;
  }

  private async signInAnew(signIns: TokenSignIns, credential: string): Promise<Principal> {
    const token = await signIns.check(credential);
    await this.follower.catchUp();
    return this.looked(async () => {
      const { identity: linked } = await this.identityNamed(token.identity);
      const identity = linked ?? (await signIns.firstSight(token));
      const standing = await this.standingOf(identity.owner.id);
      const value = await this.signedIn(identity, { ...signInOf(token), identityId: identity.id }, standing);
      token.principal = { identity, standing, value };
      return value;
    });
  }

  private async signedIn(
    { owner }: StoredIdentity,
    signIn: SignIn,
    { roles, suspended }: UserStanding,
  ): Promise<Principal> {
    if (suspended) throw unauthenticated();
    const left = await this.answered(narrowedRoles(this.database.reads, signIn, roles));
    return { kind: 'user', owner, roles: left, key: null, signIn };
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
    return this.keys.get(prefix) ?? (await this.answered(this.keys.load(prefix)));
  }

  private async standingOf(userId: OwnerId): Promise<UserStanding> {
    return this.standings.get(userId) ?? (await this.answered(this.standings.load(userId)));
  }

  private async identityNamed(identity: string): Promise<{ readonly identity: StoredIdentity | null }> {
    return this.identities.get(identity) ?? (await this.answered(this.identities.load(identity)));
  }

  private answered<T>(look: Promise<T>): Promise<T> {
    return answered(look, this.follower.databaseAway);
  }

  private async loadKey(prefix: string): Promise<{ readonly key: CachedKey | null }> {
    const stored = await readKey(this.database.reads, prefix);
    return {
      key: stored && { ...stored, hashBytes: Buffer.from(stored.secretHash, 'hex'), principal: null },
    };
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
    const { prefix, userId, identity, publisherId } = JSON.parse(changeJson) as Record<string, unknown>;
    this.keys.hear(typeof prefix === 'string' ? prefix : undefined);
    this.standings.hear(typeof userId === 'number' ? userId : undefined);
    this.identities.hear(typeof identity === 'string' ? identity : undefined);
    // with a publisher go the keys of its pipelines, however many there are
    if (action === 'trustedPublisher.removed') {
      this.keys.hearOf(({ key }) => key !== null && key.publisherId === publisherId);
    }
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

function signInOf({ identity, expiresAt, caps, apiKeys }: SignedToken): Omit<SignIn, 'identityId'> {
  return { identity, expiresAt, caps, apiKeys };
}

/** A user that came without a key. */
function keyless(owner: OwnerRef, standing: UserStanding): Principal {
  if (standing.suspended) throw unauthenticated();
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
