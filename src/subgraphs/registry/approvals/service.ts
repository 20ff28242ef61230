import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { Principal } from '../../../domain/principal';
import { isRelease } from '../../../domain/publishing';
import { needsApproval } from '../../../domain/release';
import { assertMayDecide } from '../../../domain/release/approver';
import { keptVersion } from '../../../domain/version';
import { creatorOfKey } from '../../access';
import { assertRole } from '../access';
import { approvalsOf, endPending, insertApproval } from './store';
import { enterStable } from '../channels/entering';
import { InterfaceJudge, judgeAgainstReleases } from '../interfaces/interface-judge';
import { insertReports } from '../interfaces/store';
import { assertStillLicensed } from '../trust/licensing';
import { assertSigned } from '../trust/attesting';
import { policiesOf } from '../algorithms/policies-store';
import { highestPublicRelease, listAlgorithm } from '../publishing/store';
import type { BuildRecord, VersionRecord } from '../records';
import type { RegistryParts } from '../services';
import { buildsById } from '../store';
import {
  assertNotTakenDown,
  changeVersion,
  requiredReason,
  type VersionStep,
} from '../publishing/version-change';

/** What a second person says of a protected release. */
interface Decision {
  readonly approved: boolean;
  /** Of a rejection. */
  readonly reason: string | null;
}

/**
 * Decisions on protected releases: by an admin, a user, who is neither the publisher nor whoever made the key that
 * published; once and for ever, and the same one again changes nothing. Each gives the version's id.
 * Source: chapter 3, "Gates and protection".
 */
export class ApprovalService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Publishes a release that waits; of one that was published in private it notes that it may be promoted.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, GONE, BUMP_TOO_SMALL, INVALID_INPUT where it does not
   * wait for an approval
   */
  async approve(principal: Principal, version: string): Promise<number> {
    const decision = { approved: true, reason: null };
    return this.decide(principal, version, decision, async (tx, row) => {
      const build = await buildOf(tx, row);
      const { visibility } = row;
      const entered = row.state === 'PENDING_APPROVAL' ? await publishPending(tx, row, build) : [];
      return {
        action: 'version.approved',
        chain: visibility === 'PUBLIC' ? 'public' : 'private',
        detail: { version: row.version, sha: build.sha, visibility, entered },
      };
    });
  }

  /**
   * Ends the waiting of a release: it is never published, and its number stays used.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, GONE, INVALID_INPUT without a reason, or where it does
   * not wait for an approval
   */
  async reject(principal: Principal, version: string, reason: string): Promise<number> {
    const why = requiredReason(reason, 'a rejection');
    return this.decide(principal, version, { approved: false, reason: why }, async (tx, row) => {
      await endPending(tx, row.id, 'REJECTED');
      return {
        action: 'version.rejected',
        chain: 'private',
        detail: { version: row.version, reason: why },
      };
    });
  }

  private async decide(
    principal: Principal,
    version: string,
    decision: Decision,
    step: VersionStep,
  ): Promise<number> {
    const assertAdmin = (rights: Parameters<typeof assertRole>[0]): void => {
      assertRole(rights, 'ADMIN');
    };
    return changeVersion(this.parts, principal, version, assertAdmin, async (tx, row) => {
      assertNotTakenDown(row);
      const [before] = await approvalsOf(tx, [row.id]);
      if (before !== undefined) {
        const { approved, reason } = before;
        const same = approved === decision.approved && reason === decision.reason;
        if (same && principal.kind === 'user' && principal.owner.id === before.byId) return null;
        throw notWaiting(row, approved ? 'was approved before' : 'was rejected before');
      }
      await assertWaits(tx, row, decision);
      const keyCreator = row.publishedKey === null ? null : await creatorOfKey(tx, row.publishedKey);
      assertMayDecide(principal, { publishedBy: row.publishedBy, keyCreator });
      const done = await step(tx, row);
      await insertApproval(tx, { versionId: row.id, at: Date.now(), byId: principal.owner.id, ...decision });
      return done;
    });
  }
}

/** @throws AlgogateError INVALID_INPUT */
async function assertWaits(tx: Tx, row: VersionRecord, { approved }: Decision): Promise<void> {
  if (row.state === 'PENDING_APPROVAL') {
    // a yank is part of what is public, and what is told to the public begins here
    if (approved && row.yankedAt !== null) throw notWaiting(row, 'is yanked');
    return;
  }
  const mayBePromoted = row.state === 'PUBLISHED' && row.visibility === 'PRIVATE';
  if (approved && mayBePromoted && (await isProtected(tx, row))) return;
  throw notWaiting(row, 'does not wait for an approval');
}

/** Whether a private release is not promoted before somebody approves it. */
async function isProtected(tx: Tx, row: VersionRecord): Promise<boolean> {
  const { protectStable } = await policiesOf(tx, row.algorithmId);
  const version = keptVersion(row.version);
  const below = await highestPublicRelease(tx, row.algorithmId, version);
  return isRelease(version) && needsApproval(protectStable, version, below === null ? [] : [below]);
}

/**
 * Makes public what waited for it, and gives the channels that it enters. Its interface is compared anew: others have
 * become public since it was published.
 * @throws AlgogateError BUMP_TOO_SMALL, SIGNATURE_REQUIRED, LICENCE_DENIED, UNAVAILABLE
 */
async function publishPending(tx: Tx, row: VersionRecord, build: BuildRecord): Promise<string[]> {
  const { id: versionId, algorithmId } = row;
  const version = keptVersion(row.version);
  const policies = await policiesOf(tx, algorithmId);
  await assertSigned(tx, [{ id: versionId, version }], policies);
  await assertStillLicensed(tx, algorithmId, [{ id: versionId, version }], policies.licences);
  const judge = new InterfaceJudge(build.interface);
  const candidate = { algorithmId, version, judge, audience: 'PUBLIC' } as const;
  const report = await judgeAgainstReleases(tx, candidate, policies);
  const at = Date.now();
  await endPending(tx, versionId, 'PUBLISHED');
  if (report !== null) await insertReports(tx, [{ versionId, audience: 'PUBLIC', report }], at);
  await listAlgorithm(tx, algorithmId, at);
  return enterStable(tx, { algorithmId, versionId, version }, at);
}

async function buildOf(tx: Tx, { buildId }: VersionRecord): Promise<BuildRecord> {
  const [build] = await buildsById(tx, [buildId]);
  if (build === undefined) throw new Error(`build row ${buildId} is missing`);
  return build;
}

function notWaiting({ version }: VersionRecord, why: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', `version ${version} ${why}`, ['version']);
}
