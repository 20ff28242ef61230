import { verify } from 'node:crypto';
import { promisify } from 'node:util';

import { z } from 'zod';

import { canonicalBase64 } from './base64';
import type { PublicKey } from './public-key';
import { type DocumentName, malformed, parseStrictJson } from './strict-json';

/** The one type of payload that we take. Source: in-toto, spec/v1/envelope.md. */
export const IN_TOTO = 'application/vnd.in-toto+json';

/** A DSSE envelope about an in-toto statement, not verified yet. */
export interface Envelope {
  readonly payload: Buffer;
  readonly signatures: readonly EnvelopeSignature[];
}

interface EnvelopeSignature {
  /** A hint, which nobody signed. */
  readonly keyId: string | null;
  readonly bytes: Buffer;
}

/** Each may have to be tried with every key of the owner. */
const MAX_SIGNATURES = 10;

const ENVELOPE = z.object({
  payloadType: z.literal(IN_TOTO),
  payload: z.string(),
  signatures: z
    .array(z.object({ keyid: z.string().max(1000).nullish(), sig: z.string().max(1000) }))
    .min(1)
    .max(MAX_SIGNATURES),
});

/**
 * Reads a DSSE envelope.
 * Source: DSSE v1, envelope.md.
 * @throws AlgogateError INVALID_INPUT for one that is malformed, or of another type of payload
 */
export function parseEnvelope(text: string, name: DocumentName): Envelope {
  const read = ENVELOPE.safeParse(parseStrictJson(text, name));
  if (!read.success) {
    const [at] = read.error.issues;
    const where = at === undefined || at.path.length === 0 ? '' : `: ${at.path.join('.')}`;
    throw malformed(name, `is no DSSE envelope of ${IN_TOTO} with 1 to ${MAX_SIGNATURES} signatures${where}`);
  }
  const { payload, signatures } = read.data;
  return {
    payload: bytesOf(payload, 'payload', name),
    signatures: signatures.map(({ keyid, sig }) => ({
      keyId: keyid ?? null,
      bytes: bytesOf(sig, 'sig', name),
    })),
  };
}

function bytesOf(text: string, what: string, name: DocumentName): Buffer {
  const bytes = canonicalBase64(text);
  if (bytes === null) throw malformed(name, `has a ${what} that is not in canonical base64`);
  return bytes;
}

/** What is signed: the payload and its type, so that neither can be taken for another. Source: DSSE v1, protocol.md. */
export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

const verifyAside = promisify(verify);

/**
 * Which of some keys have signed an envelope; none where nobody has. The id that a signature names is tried alone where
 * it is that of a key, and means nothing otherwise: cosign names none, and others have ids of their own making.
 */
export async function signersOf<K extends PublicKey>(
  { payload, signatures }: Envelope,
  keys: readonly K[],
): Promise<K[]> {
  const signed = preAuthEncoding(IN_TOTO, payload);
  const signers = new Set<K>();
  for (const { keyId, bytes } of signatures) {
    const named = keys.filter((key) => key.keyId === keyId);
    for (const key of named.length > 0 ? named : keys) {
      if (await isSignedBy(key, signed, bytes)) signers.add(key);
    }
  }
  return keys.filter((key) => signers.has(key));
}

/** ECDSA signatures are in DER, as OpenSSL and cosign write them. */
async function isSignedBy({ algorithm, pem }: PublicKey, signed: Buffer, bytes: Buffer): Promise<boolean> {
  return verifyAside(algorithm === 'ED25519' ? null : 'sha256', signed, pem, bytes);
}
