import { LRUCache } from 'lru-cache';

import { type Database, isDuplicate } from '../database';
import { AlgogateError } from '../domain/errors';
import { assertNotReserved, parseName } from '../domain/name';
import type { Principal, SignIn } from '../domain/principal';
import type { Ledger } from '../ledger';
import { capsIn, type Issuers, type SignInSettings, textAt, type VerifiedToken } from '../oidc';
import { hashKey } from './api-key';
import { identityOf } from './identity';
import { insertIdentity, insertUser, readIdentity, type StoredIdentity } from './identity-store';
import type { UserStanding } from './store';

const MAX_TOKENS = 10_000;
/** How long a signature is taken as checked: a key that its issuer withdraws is good for no longer. */
const CHECKED_FOR_MS = 300_000;

/** A token whose signature and claims hold, and what it says. Who that is, and may, is looked up each time. */
export interface SignedToken extends Omit<SignIn, 'identityId'> {
  readonly issuer: string;
  readonly subject: string;
  /** The handle of the account that is made where there is none; null: none is made. */
  readonly newHandle: string | null;
  /** Whom it stood for when that was last made. */
  principal: {
    readonly identity: StoredIdentity;
    readonly standing: UserStanding;
    readonly value: Principal;
  } | null;
}

/** Tokens of issuers that users sign in by. Source: chapter 7, "OIDC / JWT". */
export class TokenSignIns {
  /** By the digest of the token: what is in memory is no credential. */
  private readonly checked = new LRUCache<string, { readonly token: SignedToken; readonly until: number }>({
    max: MAX_TOKENS,
  });

  constructor(
    private readonly issuers: Issuers,
    private readonly database: Database,
    private readonly ledger: Ledger,
  ) {}

  /** What is known of a token without asking anyone; null where nothing is. */
  known(credential: string): SignedToken | null {
    const checked = this.checked.get(hashKey(credential));
    return checked !== undefined && Date.now() < checked.until ? checked.token : null;
  }

  /** @throws AlgogateError UNAUTHENTICATED, UNAVAILABLE */
  async check(credential: string): Promise<SignedToken> {
    const known = this.known(credential);
    if (known !== null) return known;
    const token = signedToken(await this.issuers.verify(credential, 'signIn'));
    const until = Math.min(token.expiresAt, Date.now() + CHECKED_FOR_MS);
    this.checked.set(hashKey(credential), { token, until });
    return token;
  }

  /**
   * Makes an account for who is seen for the first time, where its issuer may have that. A handle that is taken is
   * somebody else's, whatever the token says: it finds no account, and gives none away.
   * @throws AlgogateError UNAUTHENTICATED
   */
  async firstSight({ issuer, subject, identity, newHandle }: SignedToken): Promise<StoredIdentity> {
    if (newHandle === null) throw withoutAccount();
    const handle = handleIn(newHandle);
    try {
      return await this.ledger.found(`user:${handle}`, async (tx) => {
        const owner = { id: await insertUser(tx, handle), handle };
        const id = await insertIdentity(tx, { userId: owner.id, digest: identity, issuer, subject });
        const detail = { handle, displayName: null, userId: owner.id };
        return {
          result: { id, owner },
          owner,
          change: { chain: 'public', action: 'user.created', subject: handle, detail },
          // by whom an account is used is not for outsiders to know
          besides: {
            chain: 'private',
            action: 'identity.linked',
            subject: handle,
            detail: { userId: owner.id, identity, issuer, subject },
          },
        };
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // another replica may have seen the same token at this moment
      const made = await readIdentity(this.database.reads, identity);
      if (made === null) throw withoutAccount();
      return made;
    }
  }
}

function signedToken({ issuer, subject, claims, expiresAt, settings }: VerifiedToken<'signIn'>): SignedToken {
  return {
    issuer,
    subject,
    identity: identityOf(issuer, subject),
    expiresAt,
    caps: capsIn(claims, settings.organizations),
    apiKeys: settings.apiKeys,
    newHandle: newHandleIn(claims, settings),
    principal: null,
  };
}

function newHandleIn(claims: object, { users, handle }: SignInSettings): string | null {
  const name = users === 'create' ? textAt(claims, handle.claim) : null;
  return name === null ? null : handle.prefix + name;
}

function handleIn(text: string): string {
  try {
    const handle = parseName(text, 'handle');
    assertNotReserved(handle, 'handle');
    return handle;
  } catch (error) {
    if (error instanceof AlgogateError) throw withoutAccount();
    throw error;
  }
}

function withoutAccount(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the token is good, and nobody here is linked to its subject');
}
