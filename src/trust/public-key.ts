import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

import type { SigningAlgorithm } from '../domain/terms';
import { AlgogateError } from '../domain/errors';

/** A public key that signatures are verified with. */
export interface PublicKey {
  /** Lower-case hex of the SHA-256 of the key as DER (SubjectPublicKeyInfo): what cosign calls its id too. */
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  /** In the one PEM that Node writes of it. */
  readonly pem: string;
}

/** A P-256 key as PEM has 178 characters. */
const MAX_PEM = 1000;
const PEM = /^\s*-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;

/**
 * Reads a public key: Ed25519, or ECDSA on P-256, as PEM (`openssl pkey -pubout`).
 * @throws AlgogateError INVALID_INPUT for anything else, a private key above all
 */
export function parsePublicKey(text: string, field: readonly string[] = ['publicKey']): PublicKey {
  if (text.includes('PRIVATE KEY')) {
    throw invalid(
      'this is a private key, which is lost now: make another pair, and register its public half',
      field,
    );
  }
  const key = text.length <= MAX_PEM && PEM.test(text) ? keyIn(text) : null;
  const algorithm = key && algorithmOf(key);
  if (key === null || algorithm === null) {
    throw invalid('a key is the PEM of a public key, Ed25519 or ECDSA on P-256', field);
  }
  const der = key.export({ type: 'spki', format: 'der' });
  return {
    keyId: createHash('sha256').update(der).digest('hex'),
    algorithm,
    pem: key.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function keyIn(pem: string): KeyObject | null {
  try {
    return createPublicKey({ key: pem, format: 'pem', type: 'spki' });
  } catch {
    return null;
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningAlgorithm | null {
  if (asymmetricKeyType === 'ed25519') return 'ED25519';
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ECDSA_P256';
  return null;
}

function invalid(message: string, field: readonly string[]): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, field);
}
