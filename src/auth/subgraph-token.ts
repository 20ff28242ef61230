import type { KeyObject } from 'node:crypto';

import { jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';

import { AlgogateError } from '../domain/errors';
import { type KeyFacts, type OwnerRef, type Principal, ROLES, type SignIn } from '../domain/principal';
import { formatScope, parseScope } from '../domain/scopes';
import { SIGNING_ALGORITHM, type SigningKeys } from '../keys';

const ISSUER = 'algogate';
const TYPE = 'JWT';
const LIFE_SECONDS = 60;
/** How far the clocks of two machines may be apart. */
const TOLERANCE_SECONDS = 5;
const RETIRED_MS = (LIFE_SECONDS + 2 * TOLERANCE_SECONDS) * 1000;
/** A token of ours is a tenth of that, unless its key has very many scopes. */
const MAX_LENGTH = 16_384;

/** Who sends a request, as a token names it: who it is, and never what it may, which changes by the moment. */
export type PrincipalFacts =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'operator' }
  | {
      readonly kind: 'user';
      readonly owner: OwnerRef;
      readonly key: KeyFacts | null;
      readonly signIn?: SignIn;
    }
  | { readonly kind: 'organization'; readonly owner: OwnerRef; readonly key: KeyFacts };

/** What a token says. */
export interface Bearer {
  readonly principal: PrincipalFacts;
  readonly requestId: string;
}

const OWNER = z.strictObject({ id: z.int(), handle: z.string() });
const KEY = z.strictObject({ id: z.int(), prefix: z.string() });
const SIGN_IN = z.strictObject({
  identityId: z.int(),
  identity: z.string(),
  expiresAt: z.number(),
  caps: z.array(z.tuple([z.string(), z.enum(ROLES).nullable()])),
  apiKeys: z.boolean(),
});
const CLAIMS = z.object({
  jti: z.string().min(1),
  scopes: z.array(z.string()),
  principal: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('anonymous') }),
    z.strictObject({ kind: z.literal('operator') }),
    z.strictObject({
      kind: z.literal('user'),
      owner: OWNER,
      key: KEY.nullable(),
      signIn: SIGN_IN.optional(),
    }),
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
  /** @param now epoch milliseconds */
  constructor(
    private readonly keys: SigningKeys,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param audience the name of the subgraph that it is made out to */
  sign(principal: Principal, requestId: string, audience: string): Promise<string> {
    const iat = Math.floor(this.now() / 1000);
    const registered = { iss: ISSUER, sub: subjectOf(principal), aud: audience, jti: requestId };
    const claims = { ...claimsOf(principal), ...registered, iat, exp: iat + LIFE_SECONDS };
    return this.keys.sign(TYPE, JSON.stringify(claims));
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
    const { payload } = await jwtVerify(token, ({ kid }) => this.keyNamed(kid), {
      algorithms: [SIGNING_ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      // held against `iat`: a token that says it lives for longer does not
      maxTokenAge: LIFE_SECONDS,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(this.now()),
    });
    return payload;
  }

  /** A key that signs no more is good for as long as what it signed last. */
  private async keyNamed(kid: string | undefined): Promise<KeyObject> {
    const found = kid === undefined ? null : await this.keys.find(kid);
    const retiredAt = found?.retiredAt ?? null;
    if (found === null || (retiredAt !== null && retiredAt + RETIRED_MS < this.now())) throw refused();
    return found.key;
  }
}

function claimsOf(principal: Principal): Omit<Claims, 'jti'> {
  switch (principal.kind) {
    case 'anonymous':
    case 'operator':
      return { principal: { kind: principal.kind }, scopes: [] };
    case 'user': {
      const { kind, owner, key, signIn } = principal;
      const came = signIn === undefined ? {} : { signIn: { ...signIn, caps: [...signIn.caps] } };
      return {
        principal: { kind, owner: { ...owner }, key: key && named(key), ...came },
        scopes: scopesOf(key),
      };
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
      return userFacts(principal, principal.key && withScopes(principal.key));
    case 'organization':
      return { ...principal, key: withScopes(principal.key) };
  }
}

function userFacts(
  { kind, owner, signIn }: Extract<Claims['principal'], { kind: 'user' }>,
  key: KeyFacts | null,
): PrincipalFacts {
  if (signIn === undefined) return { kind, owner, key };
  return { kind, owner, key, signIn: { ...signIn, caps: new Map(signIn.caps) } };
}

function refused(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the token is not valid here');
}
