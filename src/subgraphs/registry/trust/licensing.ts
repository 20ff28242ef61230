import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import {
  assertLicences,
  isAnyLicence,
  type LicencePolicy,
  type LicenceUse,
} from '../../../domain/trust/licence-policy';
import { grouped } from '../../shared/grouped';
import { algorithmsById } from '../store';
import type { OfferedSbom } from './offered-sbom';
import { licencesOf, sbomsOf } from './sbom-store';

/**
 * Holds what a version is made of against the licence policy of its algorithm, and the licence of the algorithm itself
 * where one is stated. A policy needs an SBOM: it would be nothing where that could be left out. Under the lock of the
 * owner's ledger.
 * @throws AlgogateError LICENCE_DENIED, naming the licence and what has it
 */
export async function assertLicensed(
  tx: Tx,
  algorithmId: number,
  sbom: Pick<OfferedSbom, 'licences'> | null,
  policy: LicencePolicy,
): Promise<void> {
  if (isAnyLicence(policy)) return;
  if (sbom === null) {
    throw new AlgogateError('LICENCE_DENIED', 'the licence policy needs an SBOM', ['sbom']);
  }
  const uses = sbom.licences.map(({ licence, example }) => ({ licence, component: example }));
  assertLicences(policy, [...(await ownLicence(tx, algorithmId)), ...uses]);
}

/** A version that is about to become public. */
interface Candidate {
  readonly id: number;
  readonly version: { readonly text: string };
}

/**
 * Asked again where versions become public later than they were published, by the policy of that moment.
 * @throws AlgogateError LICENCE_DENIED, naming the version, the licence and what has it
 */
export async function assertStillLicensed(
  tx: Tx,
  algorithmId: number,
  versions: readonly Candidate[],
  policy: LicencePolicy,
): Promise<void> {
  if (isAnyLicence(policy) || versions.length === 0) return;
  const licences = grouped(
    await licencesOf(
      tx,
      versions.map(({ id }) => id),
    ),
    ({ versionId }) => versionId,
  );
  const own = await ownLicence(tx, algorithmId);
  for (const { id, version } of versions) {
    const uses = licences.get(id);
    if (uses === undefined) throw deniedOf(version.text, 'the licence policy needs an SBOM');
    try {
      assertLicences(policy, [
        ...own,
        ...uses.map(({ licence, example }) => ({ licence, component: example })),
      ]);
    } catch (error) {
      throw error instanceof AlgogateError ? deniedOf(version.text, error.message) : error;
    }
  }
}

function deniedOf(version: string, why: string): AlgogateError {
  return new AlgogateError('LICENCE_DENIED', `version ${version}: ${why}`, ['version']);
}

/** That of the algorithm itself, as its owner states it. */
async function ownLicence(tx: Tx, algorithmId: number): Promise<LicenceUse[]> {
  const [algorithm] = await algorithmsById(tx, [algorithmId]);
  if (algorithm?.licence == null) return [];
  return [{ licence: algorithm.licence, component: `${algorithm.ownerHandle}/${algorithm.name} itself` }];
}

/** Whether a version carries just this one. */
export async function sbomHolds(
  tx: Tx,
  versionId: number,
  wanted: Pick<OfferedSbom, 'sha256'> | null,
): Promise<boolean> {
  const [kept] = await sbomsOf(tx, [versionId]);
  return kept?.sha256 === wanted?.sha256;
}
