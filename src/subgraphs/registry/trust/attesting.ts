import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { type BuildDigests, digestWanted, isAboutBuild } from '../../../domain/trust/about-build';
import { envelopeDigestsOf, type NewAttestation, signedByHoldingKey } from './attestations-store';
import { signingKeysById } from './keys-store';
import { refusedAttestation, type VerifiedAttestation } from './offered-attestations';

/**
 * The attestations of a version that is being published: each about its build, each signed with a key of its owner
 * that holds now. One that does not verify refuses the publication, whether the policy wants any or not: nobody who
 * sends one means it to be dropped. Under the lock of the owner's ledger.
 * @param handle of the owner
 * @throws AlgogateError INVALID_INPUT; SIGNATURE_REQUIRED where the policy wants one and there is none
 */
export async function attestationsFor(
  tx: Tx,
  handle: string,
  build: BuildDigests,
  verified: readonly VerifiedAttestation[],
  { requireSignature }: { readonly requireSignature: boolean },
): Promise<NewAttestation[]> {
  if (requireSignature && verified.length === 0) {
    const message = `a version needs an attestation about ${digestWanted(build)}, signed with a key of ${handle}`;
    throw new AlgogateError('SIGNATURE_REQUIRED', message, ['attestations']);
  }
  const holding = await stillHolding(tx, verified);
  return verified.map(({ text, sha256, statement, signers }, at) => {
    if (!isAboutBuild(statement.subjects, build)) {
      throw refusedAttestation(at, `is about no subject with ${digestWanted(build)}`);
    }
    const keys = signers.map(({ id }) => id).filter((id) => holding.has(id));
    if (keys.length === 0) throw refusedAttestation(at, `is not signed with any key of ${handle} that holds`);
    return { sha256, predicateType: statement.predicateType, envelope: text, signers: keys };
  });
}

async function stillHolding(tx: Tx, verified: readonly VerifiedAttestation[]): Promise<ReadonlySet<number>> {
  const ids = new Set(verified.flatMap(({ signers }) => signers.map(({ id }) => id)));
  if (ids.size === 0) return ids;
  const keys = await signingKeysById(tx, [...ids]);
  return new Set(keys.filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id));
}

/** Whether a version carries just these, in their order. */
export async function attestationsHold(
  tx: Tx,
  versionId: number,
  wanted: readonly Pick<VerifiedAttestation, 'sha256'>[],
): Promise<boolean> {
  const kept = await envelopeDigestsOf(tx, versionId);
  return kept.join() === wanted.map(({ sha256 }) => sha256).join();
}

/** A version that is about to become public. */
interface Candidate {
  readonly id: number;
  readonly version: { readonly text: string };
}

const MOST_NAMED = 20;

/**
 * Asked again where versions become public later than they were published. A key that was revoked by then vouches for
 * nothing new: what it has signed stays verified, and lets nothing in.
 * @throws AlgogateError SIGNATURE_REQUIRED, naming the versions
 */
export async function assertSigned(
  tx: Tx,
  versions: readonly Candidate[],
  { requireSignature }: { readonly requireSignature: boolean },
): Promise<void> {
  if (!requireSignature || versions.length === 0) return;
  const signed = await signedByHoldingKey(
    tx,
    versions.map(({ id }) => id),
  );
  const missing = versions.filter(({ id }) => !signed.has(id)).map(({ version }) => version.text);
  if (missing.length === 0) return;
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  throw new AlgogateError(
    'SIGNATURE_REQUIRED',
    `no attestation signed with a key that holds is with ${missing.slice(0, MOST_NAMED).join(', ')}${more}`,
    ['version'],
  );
}
