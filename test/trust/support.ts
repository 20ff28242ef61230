import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

import { parsePublicKey, type PublicKey } from '../../src/trust';

export const NAME = { what: 'the document', field: ['document'] };
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A pair that signs. */
export interface Signer {
  readonly publicPem: string;
  readonly privatePem: string;
  readonly key: PublicKey;
  sign(bytes: Buffer): Buffer;
}

export function ed25519(): Signer {
  return signer(generateKeyPairSync('ed25519'), null);
}

export function p256(): Signer {
  return signer(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }), 'sha256');
}

function signer(pair: { publicKey: KeyObject; privateKey: KeyObject }, digest: string | null): Signer {
  const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    publicPem,
    privatePem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    key: parsePublicKey(publicPem),
    sign: (bytes) => sign(digest, bytes, pair.privateKey),
  };
}

/** What a statement says; `digest` is of its one subject. */
export interface StatementSpec {
  readonly digest: Readonly<Record<string, string>>;
  readonly predicateType?: string;
  readonly version?: 'v1' | 'v0.1';
}

export function statement({
  digest,
  predicateType = 'https://slsa.dev/provenance/v1',
  version = 'v1',
}: StatementSpec): string {
  return JSON.stringify({
    _type: `https://in-toto.io/Statement/${version}`,
    subject: [{ name: 'build', digest }],
    predicateType,
    predicate: {},
  });
}

/** The pre-authentication encoding, written anew from the specification. */
export function pae(payloadType: string, payload: string): Buffer {
  const length = (text: string): number => Buffer.from(text).length;
  return Buffer.from(`DSSEv1 ${length(payloadType)} ${payloadType} ${length(payload)} ${payload}`);
}

/** An envelope, signed by each of `signers`; `keyid` is said where `hint` is given. */
export function envelope(
  payload: string,
  signers: readonly Signer[],
  { payloadType = PAYLOAD_TYPE, hint }: { payloadType?: string; hint?: (signer: Signer) => string } = {},
): string {
  return JSON.stringify({
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: signers.map((one) => ({
      ...(hint && { keyid: hint(one) }),
      sig: one.sign(pae(payloadType, payload)).toString('base64'),
    })),
  });
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
