import type { KeyObject } from 'node:crypto';

import { jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';

import { AlgogateError } from '../domain/errors';
import type { Principal } from '../domain/principal';
import { SIGNING_ALGORITHM, type SigningKeys } from '../keys';
import { claimsOf, factsOf, PRINCIPAL_CLAIMS, type PrincipalFacts, subjectOf } from './principal-claims';

const ISSUER = 'algogate';
const TYPE = 'JWT';
const LIFE_SECONDS = 60;
/** How far the clocks of two machines may be apart. */
const TOLERANCE_SECONDS = 5;
const LONGEST_LIFE_MS = (LIFE_SECONDS + 2 * TOLERANCE_SECONDS) * 1000;
/** A token of ours is a tenth of that, unless its key has very many scopes. */
const MAX_LENGTH = 16_384;

/** What a token says. */
export interface Bearer {
  readonly principal: PrincipalFacts;
  readonly requestId: string;
}

const CLAIMS = PRINCIPAL_CLAIMS.extend({ jti: z.string().min(1) });
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
    if (found === null || (retiredAt !== null && retiredAt + LONGEST_LIFE_MS < this.now())) throw refused();
    return found.key;
  }
}

function bearerOf({ jti, ...claims }: Claims): Bearer {
  return { principal: factsOf(claims), requestId: jti };
}

function refused(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the token is not valid here');
}
