import type { Tx } from '../../../database';
import { applyChange, type PermissionsChange, samePermissions } from '../../../domain/major-permissions';
import { DEFAULT_PERMISSIONS } from '../../../domain/permissions';
import { isRelease, numberOf } from '../../../domain/publishing';
import type { Visibility } from '../../../domain/terms';
import { bump, type SemVer } from '../../../domain/version';
import { permissionsOfMajor } from '../../access';
import type { InterfaceJudge, KnownReleases } from '../interfaces/interface-judge';
import { releasesBelow } from '../interfaces/store';
import { pinsHold } from './pins';
import type { AlgorithmPolicies } from '../algorithms/policies';
import { type Publication, type PublishInput, sameContent } from './publication';
import { highestRelease, versionByKey } from './store';
import type { VersionRecord } from '../records';
import { sbomHolds } from '../trust/licensing';
import { attestationsHold } from '../trust/attesting';

/** A number, and the releases that were read to find it: null where none were, or where it opens a major. */
export interface NumberFound {
  readonly version: SemVer;
  readonly known: KnownReleases | null;
}

/**
 * The number that a publication asks for, or the smallest bump of the highest release that the interface allows.
 * Source: chapter 3, "Publishing".
 * @throws AlgogateError INVALID_INPUT, UNAVAILABLE
 */
export async function numberFor(
  publication: Publication,
  judge: InterfaceJudge,
  { interfaceTransitive: transitive }: AlgorithmPolicies,
): Promise<NumberFound> {
  const { tx, algorithm, input } = publication;
  const highest = await highestRelease(tx, algorithm.id);
  if (isSaid(input) || highest === null) return { version: numberOf(input, highest), known: null };
  const audience = await audienceIn(publication, highest.major);
  const revision = numberOf({ bump: 'REVISION' }, highest);
  // no release lies between the two smaller bumps of the highest: what is below one is below the other
  const releases = await releasesBelow(tx, algorithm.id, revision, { audience, transitive });
  for (const smaller of ['REVISION', 'MINOR'] as const) {
    const version = numberOf({ bump: smaller }, highest);
    const { refusal } = await judge.judge(version, releases, transitive);
    if (refusal === null) return { version, known: { audience, releases } };
  }
  return { version: numberOf({ bump: 'MAJOR' }, highest), known: null };
}

/**
 * The version that this very publication made before, so that a client may repeat one whose answer was lost.
 * @param carried what its build carries
 */
export async function repetitionOf(
  publication: Publication,
  carried: readonly SemVer[],
): Promise<number | null> {
  const { tx, algorithm, input } = publication;
  if (input.sha == null) return null;
  for (const candidate of carried) {
    const before = isRelease(candidate) ? await highestRelease(tx, algorithm.id, candidate.key) : null;
    if (!mayHaveMade(input, candidate, before)) continue;
    const made = await versionByKey(tx, algorithm.id, candidate.key);
    if (made === null || !(await saysTheSame(publication, made))) continue;
    const sameVisibility = input.visibility == null || made.visibility === input.visibility;
    if (sameVisibility && (await permissionsHold(tx, made, input.permissions ?? {}))) return made.id;
  }
  return null;
}

async function saysTheSame(
  { tx, content, pins, attestations, sbom }: Publication,
  made: VersionRecord,
): Promise<boolean> {
  if (!sameContent(made, content) || !(await pinsHold(tx, made.id, pins))) return false;
  return (await attestationsHold(tx, made.id, attestations)) && (await sbomHolds(tx, made.id, sbom));
}

/** @param before the highest release below `candidate` */
function mayHaveMade(input: PublishInput, candidate: SemVer, before: SemVer | null): boolean {
  if (input.version == null && !isRelease(candidate)) return false;
  if (isSaid(input)) return numberOf(input, before).text === candidate.text;
  // which bump the interface asked for then is not asked again: what it was compared with may have changed since
  return (['REVISION', 'MINOR', 'MAJOR'] as const).some((by) => bump(before, by) === candidate.text);
}

function isSaid({ version, bump: by }: PublishInput): boolean {
  return version != null || by != null;
}

/** Who will see a version of a major, as far as can be said before it is decided. */
export async function audienceIn({ tx, algorithm, input }: Publication, major: number): Promise<Visibility> {
  if (input.visibility != null) return input.visibility;
  const permissions = await permissionsOfMajor(tx, algorithm.id, major);
  return (permissions ?? applyChange(DEFAULT_PERMISSIONS, input.permissions ?? {})).visibility;
}

async function permissionsHold(
  tx: Tx,
  { algorithmId, major }: VersionRecord,
  wanted: PermissionsChange,
): Promise<boolean> {
  const permissions = await permissionsOfMajor(tx, algorithmId, major);
  return permissions !== null && samePermissions(permissions, applyChange(permissions, wanted));
}
