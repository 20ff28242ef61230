import { createPublicKey, type KeyObject } from 'node:crypto';

import { z } from 'zod';

import { ReceiptError } from './receipt-error';

/** As far as dates go. */
const SECONDS = z.number().min(0).max(8.64e12);

/** What of a key of Ed25519 is looked at (RFC 8037, 2). `exp`: since when it signs no more. */
const JWK = z.object({
  kid: z.string().min(1),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[\w-]{43}$/),
  use: z.literal('sig').optional(),
  iat: SECONDS.optional(),
  exp: SECONDS.optional(),
});

const KEY_SET = z.object({ keys: z.array(z.unknown()) });

/** A key that signs, or did, as a verifier knows it. */
export interface VerifyingKey {
  readonly key: KeyObject;
  /** Epoch milliseconds; null where that is not known. */
  readonly createdAt: number | null;
  /** Since when it signs no more, in epoch milliseconds; null: it signs, or that is not known. */
  readonly retiredAt: number | null;
}

/** By their ids. */
export type PublicKeys = ReadonlyMap<string, VerifyingKey>;

/**
 * Reads a JWK Set (RFC 7517, 5), such as `/.well-known/jwks.json` is. Keys of other kinds are passed over.
 * @throws ReceiptError where it is none
 */
export function readKeySet(text: string): PublicKeys {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ReceiptError('the keys are no JSON');
  }
  const set = KEY_SET.safeParse(json);
  if (!set.success) throw new ReceiptError('the keys are no JWK Set: they have no list of keys');
  const keys = set.data.keys.flatMap((one) => {
    const jwk = JWK.safeParse(one);
    return jwk.success ? [[jwk.data.kid, verifyingKey(jwk.data)] as const] : [];
  });
  return new Map(keys);
}

function verifyingKey({ kty, crv, x, iat, exp }: z.infer<typeof JWK>): VerifyingKey {
  return {
    key: createPublicKey({ key: { kty, crv, x }, format: 'jwk' }),
    createdAt: iat === undefined ? null : iat * 1000,
    retiredAt: exp === undefined ? null : exp * 1000,
  };
}
