import { isDuplicate, type Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { hasRole, keyOf, type MajorPermissions, type Rights } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import {
  assertIncreasing,
  assertPublishable,
  isRelease,
  versionExists,
  visibilityOf,
} from '../../../domain/publishing';
import { parseAlgorithmRef } from '../../../domain/ref';
import { needsApproval } from '../../../domain/release';
import type { Visibility } from '../../../domain/terms';
import type { SemVer } from '../../../domain/version';
import { rightsOnAlgorithm } from '../../../auth';
import type { JsonObject, Outcome } from '../../../ledger';
import { mutateAs } from '../../shared/mutate';
import { configureMajor } from '../../access';
import { algorithmMutation } from '../access';
import { buildToPublish } from './build-to-publish';
import { enterStable } from '../channels/entering';
import { type InterfaceJudge, judgeAgainstReleases } from '../interfaces/interface-judge';
import { insertReports, type KeptReport } from '../interfaces/store';
import { judgeAhead } from '../interfaces/judging-ahead';
import { pinArtifacts, pinTexts, wantedPins } from './pins';
import type { AlgorithmPolicies } from '../algorithms/policies';
import { policiesOf } from '../algorithms/policies-store';
import { contentOf, digestOf, type Publication, type PublishInput } from './publication';
import { numberFor, repetitionOf } from './publication-number';
import {
  carriedBy,
  highestInLine,
  highestPublicRelease,
  insertVersion,
  listAlgorithm,
  majorHasVersions,
  versionByKey,
} from './store';
import type { BuildRecord, VersionRecord } from '../records';
import type { RegistryParts } from '../services';
import { insertAttestations, type NewAttestation } from '../trust/attestations-store';
import { attestationsFor } from '../trust/attesting';
import { assertLicensed } from '../trust/licensing';
import { offeredSbom } from '../trust/offered-sbom';
import { insertSbom } from '../trust/sbom-store';
import { offeredAttestations, verifyOffered } from '../trust/offered-attestations';

/** Giving a build its version, once and for ever. Source: chapter 3, "Publishing". */
export class PublishService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Gives the id of the version. All is decided under the lock of the owner's ledger: of two publications that
   * race for one number exactly one wins. The very same publication repeated gives the version that it made.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, TOO_LARGE, VERSION_EXISTS,
   * VERSION_NOT_INCREASING, BUILD_FAILED, BUILD_ALREADY_PUBLISHED, PERMISSIONS_FIXED_BY_MAJOR,
   * VISIBILITY_EXCEEDS_MAJOR, BUMP_TOO_SMALL, SIGNATURE_REQUIRED, LICENCE_DENIED, UNAVAILABLE
   */
  async publish(principal: Principal, input: PublishInput): Promise<number> {
    const ref = parseAlgorithmRef(input.algorithm);
    const mutation = await algorithmMutation(this.parts, principal, ref, 'RELEASE');
    const { algorithm } = mutation;
    const content = contentOf(input);
    const pins = wantedPins(input.artifacts);
    const sbom = offeredSbom(input.sbom);
    const offered = offeredAttestations(input.attestations);
    const attestations = await verifyOffered(this.parts.database.reads, algorithm.owner.id, offered);
    const publicationBy = (current: Principal, tx: Tx): Publication => ({
      tx,
      principal,
      rights: rightsOnAlgorithm(current, algorithm),
      algorithm,
      input,
      content,
      pins,
      attestations,
      sbom,
    });
    const ahead = await judgeAhead(publicationBy(principal, this.parts.database.reads));
    try {
      return await mutateAs(mutation, (tx, current) => publishIn(publicationBy(current, tx), ahead));
    } catch (error) {
      // the keys hold even where another node of a cluster did not see our lock
      if (isDuplicate(error, 'versions'))
        throw new AlgogateError('VERSION_EXISTS', 'the version exists already', ['version']);
      throw error;
    }
  }
}

/** @param ahead what was compared before the lock was held */
async function publishIn(publication: Publication, ahead: InterfaceJudge): Promise<Outcome<number>> {
  const build = await buildToPublish(publication);
  const carried = await carriedBy(publication.tx, build.id);
  const repeated = await repetitionOf(publication, carried);
  if (repeated !== null) return { result: repeated, change: null };
  return record(publication, await decide(publication, build, carried, ahead.resumed(build.interface)));
}

/** What a publication comes to. */
interface Decided {
  readonly build: BuildRecord;
  readonly version: SemVer;
  readonly visibility: Visibility;
  readonly state: 'PUBLISHED' | 'PENDING_APPROVAL';
  readonly report: KeptReport | null;
  readonly attested: readonly NewAttestation[];
  /** What the ledger is to say of a major that is opened. */
  readonly opening: JsonObject;
}

/** @throws AlgogateError for all that a publication is refused for */
async function decide(
  publication: Publication,
  build: BuildRecord,
  carried: readonly SemVer[],
  judge: InterfaceJudge,
): Promise<Decided> {
  const { tx, algorithm, input, attestations, sbom } = publication;
  const policies = await policiesOf(tx, algorithm.id);
  const { version, known } = await numberFor(publication, judge, policies);
  if ((await versionByKey(tx, algorithm.id, version.key)) !== null) throw versionExists(version);
  assertIncreasing(version, await highestInLine(tx, algorithm.id, version));
  assertPublishable(version, { ...build, carried });
  const { permissions, opening } = await majorOf(publication, version);
  const visibility = visibilityOf(input.visibility, permissions.visibility);
  const candidate = { algorithmId: algorithm.id, version, judge, audience: visibility, known };
  const report = await judgeAgainstReleases(tx, candidate, policies);
  const attested = await attestationsFor(tx, algorithm.owner.handle, build, attestations, policies);
  await assertLicensed(tx, algorithm.id, sbom, policies.licences);
  const state = await stateOf(publication, version, visibility, policies);
  return { build, version, visibility, state, report, attested, opening };
}

async function record(publication: Publication, decided: Decided): Promise<Outcome<number>> {
  const { tx, algorithm, content, pins, sbom } = publication;
  const { build, version, visibility, state, report, attested, opening } = decided;
  const algorithmId = algorithm.id;
  const at = Date.now();
  const isPublic = visibility === 'PUBLIC' && state === 'PUBLISHED';
  const versionId = await insertVersion(tx, versionRow(publication, decided, at));
  await pinArtifacts(tx, algorithmId, versionId, pins);
  await insertAttestations(tx, versionId, attested, at);
  if (sbom !== null) await insertSbom(tx, versionId, sbom, at);
  // what waits is judged again when it becomes public
  const audience = isPublic ? 'PUBLIC' : 'PRIVATE';
  if (report !== null) await insertReports(tx, [{ versionId, audience, report }], at);
  if (isPublic) await listAlgorithm(tx, algorithmId, at);
  const entered = isPublic ? await enterStable(tx, { algorithmId, versionId, version }, at) : [];
  const change = {
    chain: isPublic ? ('public' as const) : ('private' as const),
    action: 'version.published',
    subject: `${algorithm.owner.handle}/${algorithm.name}/${version.text}`,
    detail: {
      version: version.text,
      sha: build.sha,
      visibility,
      state,
      entered,
      stability: content.stability,
      contentSha256: digestOf(content, pins),
      ...(pins.length === 0 ? {} : { artifacts: pinTexts(pins) }),
      ...(attested.length === 0 ? {} : { attestations: attested.map(({ sha256 }) => sha256) }),
      ...(sbom && { sbom: sbom.sha256 }),
      ...opening,
    },
  };
  return { result: versionId, change };
}

/**
 * Whether a version is published at once, or waits for its approval. What counts is what it raises over the public
 * releases: one that waits, or that is private, opens no line for others. Source: chapter 3, "Gates and protection".
 */
async function stateOf(
  { tx, algorithm }: Publication,
  version: SemVer,
  visibility: Visibility,
  { protectStable }: AlgorithmPolicies,
): Promise<Decided['state']> {
  if (visibility === 'PRIVATE' || protectStable === 'NONE') return 'PUBLISHED';
  const below = await highestPublicRelease(tx, algorithm.id, version);
  return needsApproval(protectStable, version, below === null ? [] : [below])
    ? 'PENDING_APPROVAL'
    : 'PUBLISHED';
}

/** The permissions of the version's major; a version that opens it may set them, every other takes them as they are. */
async function majorOf(
  { tx, rights, algorithm, input }: Publication,
  { major }: SemVer,
): Promise<{ permissions: MajorPermissions; opening: JsonObject }> {
  const isNew = !(await majorHasVersions(tx, algorithm.id, major));
  if (input.permissions != null) assertMaySetPermissions(rights, major, isNew);
  const { permissions, opened } = await configureMajor(tx, algorithm.id, major, input.permissions ?? {});
  return { permissions, opening: isNew ? { permissions: { ...permissions }, ...opened } : {} };
}

/** @throws AlgogateError PERMISSIONS_FIXED_BY_MAJOR, FORBIDDEN */
function assertMaySetPermissions(rights: Rights, major: number, isNew: boolean): void {
  if (!isNew) {
    throw new AlgogateError(
      'PERMISSIONS_FIXED_BY_MAJOR',
      `major ${major} has versions: a new version takes its permissions`,
      ['permissions'],
    );
  }
  if (!hasRole(rights, 'ADMIN')) {
    throw new AlgogateError('FORBIDDEN', 'setting permissions needs the role ADMIN', ['permissions']);
  }
}

function versionRow(
  { principal, algorithm, content }: Publication,
  { build, version, visibility, state }: Decided,
  at: number,
): Omit<VersionRecord, 'id'> {
  const publisher =
    principal.kind === 'user' || principal.kind === 'organization' ? principal.owner.id : null;
  return {
    algorithmId: algorithm.id,
    version: version.text,
    sortKey: version.key,
    major: version.major,
    buildId: build.id,
    releaseBuildId: isRelease(version) ? build.id : null,
    visibility,
    state,
    ...content,
    publishedAt: at,
    publishedBy: publisher,
    publishedKey: keyOf(principal)?.id ?? null,
    yankReason: null,
    yankedAt: null,
  };
}
