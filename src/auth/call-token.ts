import { EncryptJWT, jwtDecrypt, type JWTPayload } from 'jose';
import { z } from 'zod';

import { AlgogateError } from '../domain/errors';
import type { OrganizationPrincipal, Principal, UserPrincipal } from '../domain/principal';
import { callScopes } from '../domain/scopes';
import type { SharedKeys } from '../keys';
import { claimsOf, factsOf, PRINCIPAL_CLAIMS, type PrincipalFacts } from './principal-claims';

const ISSUER = 'algogate';
const AUDIENCE = 'algogate:calls';
/** Nothing else that we sign is one, and no verifier of other things takes one (RFC 8725, 3.11). */
const TYPE = 'algogate-call+jwt';
/** `eyJ…` is what JSON objects begin with in base64url: keys never do. */
const HEADER = /^eyJ[\w-]*(?=\.)/;
/** Encrypted by a key that replicas alone have, which is also what proves that it is ours (RFC 7516, 4.5 and 5.3 of RFC 7518). */
const ENCRYPTION = { alg: 'dir', enc: 'A256GCM' } as const;
/** A token of ours is a tenth of that, unless its key has very many scopes. */
const MAX_LENGTH = 16_384;

const CLAIMS = PRINCIPAL_CLAIMS.extend({
  jti: z.string().min(1),
  until: z.int(),
  chain: z.array(z.string()).min(1),
});

/** The call that a token is for: it names its algorithm, and ends with it. */
export interface DelegatedCall {
  readonly requestId: string;
  /** `Owner/Name/1.2.3` of what is called. */
  readonly canonical: string;
  /** Its deadline, in epoch milliseconds. */
  readonly until: number;
}

/** Looks up the rights of this moment. @throws AlgogateError UNAUTHENTICATED, UNAVAILABLE */
type Lookup = (facts: PrincipalFacts) => Promise<Principal>;

/**
 * Tokens by which an algorithm calls others for its caller: good for calls alone, until the deadline of the call that
 * it serves, with the caller's rights of the moment at most, and of these what anybody has. They are sealed: who the
 * caller is, the algorithm learns by a pseudonym alone. Source: chapter 4, "What the backend sees".
 */
export class CallTokens {
  /** @param now epoch milliseconds */
  constructor(
    private readonly keys: Pick<SharedKeys, 'bytesOf'>,
    private readonly lookup: Lookup,
    private readonly now: () => number = Date.now,
  ) {}

  /** Null for whoever has nothing to hand on: the operator is nobody's caller. */
  async issue(principal: Principal, { requestId, canonical, until }: DelegatedCall): Promise<string | null> {
    if (principal.kind === 'anonymous' || principal.kind === 'operator') return null;
    const caller = narrowed(principal);
    if (caller === null) return null;
    const chain = [...(principal.delegation?.chain ?? []), canonical];
    return new EncryptJWT({ ...claimsOf(caller), until, chain })
      .setProtectedHeader({ ...ENCRYPTION, typ: TYPE })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setJti(requestId)
      .setExpirationTime(Math.ceil(until / 1000))
      .encrypt(this.keys.bytesOf('call tokens'));
  }

  /**
   * Who calls by the credential; null where it is no token of this kind, whether good or not.
   * @throws AlgogateError UNAUTHENTICATED, which does not say why; UNAVAILABLE
   */
  authenticate(credential: string): Promise<Principal> | null {
    return isCallToken(credential) ? this.verify(credential) : null;
  }

  private async verify(token: string): Promise<Principal> {
    const claims = token.length > MAX_LENGTH ? null : await this.claimsIn(token).catch(() => null);
    const parsed = CLAIMS.safeParse(claims);
    if (!parsed.success || parsed.data.until <= this.now()) throw refused();
    const { chain, until, jti: parent } = parsed.data;
    const principal = await this.lookup(factsOf(parsed.data));
    if (principal.kind === 'anonymous' || principal.kind === 'operator') throw refused();
    const caller = narrowed(principal);
    if (caller === null) throw refused();
    return { ...caller, delegation: { chain, until, parent } };
  }

  private async claimsIn(token: string): Promise<JWTPayload> {
    const { payload } = await jwtDecrypt(token, this.keys.bytesOf('call tokens'), {
      keyManagementAlgorithms: [ENCRYPTION.alg],
      contentEncryptionAlgorithms: [ENCRYPTION.enc],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['jti', 'exp'],
      currentDate: new Date(this.now()),
    });
    return payload;
  }
}

function isCallToken(credential: string): boolean {
  const [header] = HEADER.exec(credential) ?? [];
  if (header === undefined || header.length > MAX_LENGTH) return false;
  try {
    const parsed = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { typ?: unknown } | null;
    return parsed?.typ === TYPE;
  } catch {
    return false;
  }
}

/** By a credential that may call what the caller's may, and nothing else; null where that is nothing. */
function narrowed(
  principal: UserPrincipal | OrganizationPrincipal,
): UserPrincipal | OrganizationPrincipal | null {
  if (principal.key === null) return principal;
  const scopes = callScopes(principal.key.scopes);
  return scopes && { ...principal, key: { ...principal.key, scopes } };
}

function refused(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the credential is not valid');
}
