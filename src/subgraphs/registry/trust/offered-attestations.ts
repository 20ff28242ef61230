import { createHash } from 'node:crypto';

import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { OwnerId } from '../../../domain/principal';
import { type Envelope, parseEnvelope, parseStatement, signersOf, type Statement } from '../../../trust';
import { textWithin } from '../../shared/text';
import { signingKeysOf, type SigningKeyRecord } from './keys-store';

/** An attestation as a publication brings it: read, and not decided on. */
export interface OfferedAttestation {
  readonly text: string;
  /** Of the text. */
  readonly sha256: string;
  readonly envelope: Envelope;
  readonly statement: Statement;
}

/** The same with the keys of the owner that have signed it; none where nobody has. */
export interface VerifiedAttestation extends OfferedAttestation {
  readonly signers: readonly SigningKeyRecord[];
}

const MAX_ATTESTATIONS = 5;

/**
 * Reads the attestations of a publication.
 * @throws AlgogateError INVALID_INPUT, TOO_LARGE
 */
export function offeredAttestations(texts: readonly string[] | null | undefined): OfferedAttestation[] {
  const offered = texts ?? [];
  if (offered.length > MAX_ATTESTATIONS) {
    throw new AlgogateError('TOO_LARGE', `a version carries at most ${MAX_ATTESTATIONS} attestations`, [
      'attestations',
    ]);
  }
  const read = offered.map(readOne);
  const twice = read.findIndex(({ sha256 }, at) => read.findIndex((one) => one.sha256 === sha256) < at);
  if (twice >= 0) throw refusedAttestation(twice, 'is there twice');
  return read;
}

function readOne(given: string, at: number): OfferedAttestation {
  const text = textWithin(given, 'attestations') ?? '';
  const name = { what: `attestation ${at}`, field: ['attestations', String(at)] };
  const envelope = parseEnvelope(text, name);
  const statement = parseStatement(envelope.payload, name);
  return { text, sha256: createHash('sha256').update(text).digest('hex'), envelope, statement };
}

/**
 * Verifies attestations with the keys of an owner that hold: before anybody waits for its lock, since signatures take
 * their time. Whether the keys still hold is asked again under the lock.
 */
export async function verifyOffered(
  reads: Tx,
  ownerId: OwnerId,
  offered: readonly OfferedAttestation[],
): Promise<VerifiedAttestation[]> {
  if (offered.length === 0) return [];
  const holding = (await signingKeysOf(reads, [ownerId])).filter(({ revokedAt }) => revokedAt === null);
  const verified: VerifiedAttestation[] = [];
  for (const one of offered) verified.push({ ...one, signers: await signersOf(one.envelope, holding) });
  return verified;
}

/** @param why what is wrong with it: `is there twice` */
export function refusedAttestation(at: number, why: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', `attestation ${at} ${why}`, ['attestations', String(at)]);
}
