import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { isRelease } from '../../../domain/publishing';
import { needsApproval, STABLE } from '../../../domain/release';
import { approvalsOf } from '../approvals/store';
import { enterStableTogether } from '../channels/entering-together';
import { ComparingTime, InterfaceJudge } from '../interfaces/interface-judge';
import {
  insertReports,
  type InterfaceOf,
  type KeptReport,
  publicReleasesFor,
  releasesBelow,
} from '../interfaces/store';
import { assertStillLicensed } from '../trust/licensing';
import { assertSigned } from '../trust/attesting';
import type { AlgorithmPolicies } from '../algorithms/policies';
import { policiesOf } from '../algorithms/policies-store';
import {
  countPrivateVersions,
  listAlgorithm,
  makePublic,
  type PrivateVersion,
  privateVersion,
  privateVersionsOf,
} from './store';

/** A version that was made public, as the ledger keeps it: all that resolution as of then needs. */
export interface Promoted {
  readonly version: string;
  readonly sha: string;
  readonly yanked: boolean;
  /** The channels that it entered. */
  readonly entered: readonly string[];
}

/** The same as one of many in one entry, which has no room for what is usual. */
export interface PromotedBriefly extends Omit<Promoted, 'entered'> {
  /** Not said: `stable`, of a release; none, of a prerelease. */
  readonly entered?: readonly string[];
}

/**
 * Makes a private, published version public, after the same checks as a public publication.
 * Under the lock of the owner's ledger. Source: chapter 2, "Visibility of one version".
 * @throws AlgogateError BUMP_TOO_SMALL, APPROVAL_REQUIRED, SIGNATURE_REQUIRED, LICENCE_DENIED, UNAVAILABLE
 */
export async function promoteOne(tx: Tx, algorithmId: number, versionId: number): Promise<Promoted> {
  const found = await privateVersion(tx, versionId);
  if (found === null) throw new Error(`version row ${versionId} is not there to be promoted`);
  const policies = await policiesOf(tx, algorithmId);
  const comparedWith = { audience: 'PUBLIC', transitive: policies.interfaceTransitive } as const;
  const releases = await releasesBelow(tx, algorithmId, found.version, comparedWith);
  const [promoted] = await promote(tx, algorithmId, [found], { policies, releases });
  if (promoted === undefined) throw new Error(`version row ${versionId} was not promoted`);
  return promoted;
}

/** An entry of the ledger has 65,535 bytes, of which the shortest version takes 83: more never fit. */
const MOST_PROMOTED = 789;

/**
 * The same with every private version of a major, the lowest first, each on top of those before it: all, or none and
 * an error. What it gives goes into the entry of the mutation.
 * @throws AlgogateError TOO_LARGE, BUMP_TOO_SMALL, APPROVAL_REQUIRED, SIGNATURE_REQUIRED, LICENCE_DENIED, UNAVAILABLE
 */
export async function promoteAll(tx: Tx, algorithmId: number, major: number): Promise<PromotedBriefly[]> {
  if ((await countPrivateVersions(tx, algorithmId, major)) > MOST_PROMOTED) {
    throw new AlgogateError('TOO_LARGE', 'the change is too large for one entry of the ledger');
  }
  const versions = await privateVersionsOf(tx, algorithmId, major);
  if (versions.length === 0) return [];
  const policies = await policiesOf(tx, algorithmId);
  const releases = await publicReleasesFor(tx, algorithmId, major);
  const releasesOfMajor = new Set(
    versions
      .map(({ version }) => version)
      .filter(isRelease)
      .map(({ text }) => text),
  );
  const promoted = await promote(tx, algorithmId, versions, { policies, releases }).catch(asPromoteExisting);
  return promoted.map((one) => briefly(one, releasesOfMajor.has(one.version)));
}

/** The same refusal, of the input that asked for all of them. */
function asPromoteExisting(error: unknown): never {
  if (!(error instanceof AlgogateError)) throw error;
  throw new AlgogateError(error.code, error.message, ['promoteExisting']);
}

/** What a promotion is judged by. */
interface Judges {
  readonly policies: AlgorithmPolicies;
  /** The public ones, as far as any of the versions has to do with them. */
  readonly releases: readonly InterfaceOf[];
}

/** @param versions lowest first */
async function promote(
  tx: Tx,
  algorithmId: number,
  versions: readonly PrivateVersion[],
  judges: Judges,
): Promise<Promoted[]> {
  const at = Date.now();
  await assertApproved(tx, versions, judges);
  await assertSigned(tx, versions, judges.policies);
  await assertStillLicensed(tx, algorithmId, versions, judges.policies.licences);
  const reports = await judgeAll(versions, judges);
  const ids = versions.map(({ id }) => id);
  await makePublic(tx, ids);
  await listAlgorithm(tx, algorithmId, at);
  await insertReports(
    tx,
    [...reports].map(([versionId, report]) => ({ versionId, audience: 'PUBLIC', report })),
    at,
  );
  const entering = versions.map(({ id: versionId, version }) => ({ versionId, version }));
  const entered = await enterStableTogether(tx, algorithmId, entering, at);
  return versions.map(({ version, sha, yanked }, index) => ({
    version: version.text,
    sha,
    yanked,
    entered: entered[index] ?? [],
  }));
}

const MOST_NAMED = 20;

/** @throws AlgogateError APPROVAL_REQUIRED, naming those that wait for one */
async function assertApproved(
  tx: Tx,
  versions: readonly PrivateVersion[],
  { policies, releases }: Judges,
): Promise<void> {
  const isPublic = releases.map(({ version }) => version);
  const waiting: PrivateVersion[] = [];
  for (const one of versions) {
    if (needsApproval(policies.protectStable, one.version, isPublic)) waiting.push(one);
    if (isRelease(one.version)) isPublic.push(one.version);
  }
  if (waiting.length === 0) return;
  const approvals = await approvalsOf(
    tx,
    waiting.map(({ id }) => id),
  );
  const approved = new Set(approvals.filter((one) => one.approved).map(({ versionId }) => versionId));
  const missing = waiting.filter(({ id }) => !approved.has(id)).map(({ version }) => version.text);
  if (missing.length > 0) throw approvalRequired(missing);
}

function approvalRequired(versions: readonly string[]): AlgogateError {
  const named = versions.slice(0, MOST_NAMED).join(', ');
  const more = versions.length > MOST_NAMED ? ` and ${versions.length - MOST_NAMED} more` : '';
  const what =
    versions.length === 1
      ? `version ${named} is protected, and nobody else has approved it yet`
      : `versions ${named}${more} are protected, and nobody else has approved them yet`;
  return new AlgogateError('APPROVAL_REQUIRED', what, ['version']);
}

/** The reports of the versions that have one, by their ids. @throws AlgogateError BUMP_TOO_SMALL, UNAVAILABLE */
async function judgeAll(
  versions: readonly PrivateVersion[],
  { policies, releases }: Judges,
): Promise<ReadonlyMap<number, KeptReport>> {
  const known = [...releases];
  const time = new ComparingTime();
  const reports = new Map<number, KeptReport>();
  for (const { id, version, interface: sdl } of versions) {
    const judge = new InterfaceJudge(sdl, time);
    const { report, refusal } = await judge.judge(version, known, policies.interfaceTransitive);
    if (refusal !== null && policies.interface === 'ENFORCE') throw refusal;
    if (report !== null) reports.set(id, report);
    if (isRelease(version)) known.push({ version, interface: sdl });
  }
  return reports;
}

function briefly({ entered, ...promoted }: Promoted, release: boolean): PromotedBriefly {
  const usual = release ? [STABLE] : [];
  return entered.join() === usual.join() ? promoted : { ...promoted, entered };
}
