import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, type JWK, jwtVerify, type JWTPayload, SignJWT } from 'jose';
import { z } from 'zod';

import { AlgogateError } from '../domain/errors';
import type { KeyFacts, OwnerRef, Principal } from '../domain/principal';
import { formatScope, parseScope } from '../domain/scopes';
import type { SharedKeys } from './shared-keys';

const ISSUER = 'algogate';
const ALGORITHM = 'EdDSA';
const LIFE_SECONDS = 60;
/** How far the clocks of two machines may be apart. */
const TOLERANCE_SECONDS = 5;
/** A token of ours is a tenth of that, unless its key has very many scopes. */
const MAX_LENGTH = 16_384;
/** What comes before the 32 bytes of a private key of Ed25519 in PKCS #8 (RFC 8410, 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Who sends a request, as a token names it: who it is, and never what it may, which changes by the moment. */
export type PrincipalFacts =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'user'; readonly owner: OwnerRef; readonly key: KeyFacts | null }
  | { readonly kind: 'organization'; readonly owner: OwnerRef; readonly key: KeyFacts };

/** What a token says. */
export interface Bearer {
  readonly principal: PrincipalFacts;
  readonly requestId: string;
}

const OWNER = z.strictObject({ id: z.int(), handle: z.string() });
const KEY = z.strictObject({ id: z.int(), prefix: z.string() });
const CLAIMS = z.object({
  jti: z.string().min(1),
  scopes: z.array(z.string()),
  principal: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('anonymous') }),
    z.strictObject({ kind: z.literal('operator') }),
    z.strictObject({ kind: z.literal('user'), owner: OWNER, key: KEY.nullable() }),
    z.strictObject({ kind: z.literal('organization'), owner: OWNER, key: KEY }),
  ]),
});
type Claims = z.infer<typeof CLAIMS>;

/**
 * Tokens by which a subgraph in another process knows who sends a request: signed, for a minute, and made out to that
 * subgraph and to no other, so that one which an operator's subgraph gets is worth nothing at ours. All replicas have
 * the same pair of keys. Source: chapter 5, "Identity travels"; RFC 7519, RFC 8037, RFC 8725.
 */
export class SubgraphTokens {
  private constructor(
    private readonly privateKey: KeyObject,
    private readonly publicKey: KeyObject,
    private readonly publicJwk: JWK & { readonly kid: string },
    private readonly now: () => number,
  ) {}

  /** @param now epoch milliseconds */
  static async open(keys: SharedKeys, now: () => number = Date.now): Promise<SubgraphTokens> {
    const der = Buffer.concat([PKCS8_PREFIX, keys.bytesOf('subgraph tokens')]);
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(privateKey);
    const jwk = publicKey.export({ format: 'jwk' }) as JWK;
    const kid = await calculateJwkThumbprint(jwk);
    return new SubgraphTokens(privateKey, publicKey, { ...jwk, kid, alg: ALGORITHM, use: 'sig' }, now);
  }

  /** The public keys, for subgraphs of operators (RFC 7517, 5). */
  get jwks(): { readonly keys: readonly JWK[] } {
    return { keys: [this.publicJwk] };
  }

  /** @param audience the name of the subgraph that it is made out to */
  sign(principal: Principal, requestId: string, audience: string): Promise<string> {
    const seconds = Math.floor(this.now() / 1000);
    return new SignJWT({ ...claimsOf(principal) })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: this.publicJwk.kid })
      .setIssuer(ISSUER)
      .setSubject(subjectOf(principal))
      .setAudience(audience)
      .setJti(requestId)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + LIFE_SECONDS)
      .sign(this.privateKey);
  }

  /**
   * @param audience the name of the subgraph that asks
   * @throws AlgogateError UNAUTHENTICATED for whatever is not a token of ours, made out to it, of the last minute;
   * it does not say which
   */
  async verify(token: string, audience: string): Promise<Bearer> {
    const claims = token.length > MAX_LENGTH ? null : await this.claimsIn(token, audience).catch(() => null);
    const parsed = CLAIMS.safeParse(claims);
    if (!parsed.success || claims?.aud !== audience) throw refused();
    try {
      return bearerOf(parsed.data);
    } catch {
      throw refused();
    }
  }

  private async claimsIn(token: string, audience: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        if (kid !== this.publicJwk.kid) throw refused();
        return this.publicKey;
      },
      {
        algorithms: [ALGORITHM],
        typ: 'JWT',
        issuer: ISSUER,
        audience,
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        // held against `iat`: a token that says it lives for longer does not
        maxTokenAge: LIFE_SECONDS,
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(this.now()),
      },
    );
    return payload;
  }
}

function claimsOf(principal: Principal): Omit<Claims, 'jti'> {
  switch (principal.kind) {
    case 'anonymous':
    case 'operator':
      return { principal: { kind: principal.kind }, scopes: [] };
    case 'user': {
      const { kind, owner, key } = principal;
      return { principal: { kind, owner: { ...owner }, key: key && named(key) }, scopes: scopesOf(key) };
    }
    case 'organization': {
      const { kind, owner, key } = principal;
      return { principal: { kind, owner: { ...owner }, key: named(key) }, scopes: scopesOf(key) };
    }
  }
}

function named({ id, prefix }: KeyFacts): z.infer<typeof KEY> {
  return { id, prefix };
}

/** None: nothing is narrowed, as of a key. */
function scopesOf(key: KeyFacts | null): string[] {
  return (key?.scopes ?? []).map(formatScope);
}

/** Unique among the subjects of this issuer (RFC 7519, 4.1.2). */
function subjectOf(principal: Principal): string {
  return 'owner' in principal ? `${principal.kind}:${principal.owner.handle}` : principal.kind;
}

function bearerOf({ principal, scopes, jti }: Claims): Bearer {
  return { principal: factsOf(principal, scopes), requestId: jti };
}

function factsOf(principal: Claims['principal'], scopes: readonly string[]): PrincipalFacts {
  const withScopes = (key: z.infer<typeof KEY>): KeyFacts => ({ ...key, scopes: scopes.map(parseScope) });
  switch (principal.kind) {
    case 'anonymous':
    case 'operator':
      return principal;
    case 'user':
      return { ...principal, key: principal.key && withScopes(principal.key) };
    case 'organization':
      return { ...principal, key: withScopes(principal.key) };
  }
}

function refused(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the token is not valid here');
}
