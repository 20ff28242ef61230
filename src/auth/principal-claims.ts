import { z } from 'zod';

import { type KeyFacts, type OwnerRef, type Principal, ROLES, type SignIn } from '../domain/principal';
import { formatScope, parseScope } from '../domain/scopes';

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

const OWNER = z.strictObject({ id: z.int(), handle: z.string() });
const KEY = z.strictObject({ id: z.int(), prefix: z.string() });
const SIGN_IN = z.strictObject({
  identityId: z.int(),
  identity: z.string(),
  expiresAt: z.number(),
  caps: z.array(z.tuple([z.string(), z.enum(ROLES).nullable()])),
  apiKeys: z.boolean(),
});

/** What a token says of a principal. */
export const PRINCIPAL_CLAIMS = z.object({
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
export type PrincipalClaims = z.infer<typeof PRINCIPAL_CLAIMS>;

export function claimsOf(principal: Principal): PrincipalClaims {
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

/** Unique among the subjects of one issuer (RFC 7519, 4.1.2). */
export function subjectOf(principal: Principal): string {
  return 'owner' in principal ? `${principal.kind}:${principal.owner.handle}` : principal.kind;
}

/** @throws AlgogateError for what is no scope */
export function factsOf({ principal, scopes }: PrincipalClaims): PrincipalFacts {
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
  { kind, owner, signIn }: Extract<PrincipalClaims['principal'], { kind: 'user' }>,
  key: KeyFacts | null,
): PrincipalFacts {
  if (signIn === undefined) return { kind, owner, key };
  return { kind, owner, key, signIn: { ...signIn, caps: new Map(signIn.caps) } };
}

function named({ id, prefix }: KeyFacts): z.infer<typeof KEY> {
  return { id, prefix };
}

/** None: nothing is narrowed, as of a key. */
function scopesOf(key: KeyFacts | null): string[] {
  return (key?.scopes ?? []).map(formatScope);
}
