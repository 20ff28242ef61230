import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { Rights } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import { parseAlgorithmRef } from '../../../domain/ref';
import {
  type GateJudgement,
  parseReportValues,
  type ReportedValue,
  type ReportValues,
  STABLE,
} from '../../../domain/release';
import { parseVersion } from '../../../domain/version';
import type { JsonObject } from '../../../ledger';
import { mutateAs } from '../../shared/mutate';
import { algorithmMutation, assertRole } from '../access';
import { type RevisionRef, validArtifactName, validRevision } from '../artifacts/names';
import { revisionNamed } from '../artifacts/store';
import { idsNamedBy } from '../channels/store';
import { enterStable } from '../channels/entering';
import {
  entriesOf,
  insertGateReport,
  type Measured,
  newestPolicyId,
  policiesInForce,
  revisionInUse,
} from './store';
import { allPassed, judgeEach, judgeFor } from './gates';
import type { VersionRecord } from '../records';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';
import { assertNotTakenDown, changeVersion } from '../publishing/version-change';

/** A report on a version, or on a revision of an artifact. */
export interface GateReportInput {
  /** `owner/name/1.2.3` */
  readonly version?: string | null | undefined;
  /** `owner/name`, with `artifact`. */
  readonly algorithm?: string | null | undefined;
  /** `name@revision` */
  readonly artifact?: string | null | undefined;
  readonly gates: readonly ReportedValue[];
}

/** How one channel that has gates would judge what was reported on, now. */
export interface ChannelJudgement {
  readonly channel: string;
  readonly passed: boolean;
  /** It has entered the channel, by this report or before, and is not judged for it again. */
  readonly entered: boolean;
  readonly gates: readonly GateJudgement[];
}

export interface Reported {
  /** Null for a report on an artifact. */
  readonly versionId: number | null;
  readonly judgements: readonly ChannelJudgement[];
}

/** What CI reports of versions and artifacts. Source: chapter 3, "Gates and protection". */
export class GateService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Keeps a report, and lets a public release into `stable` that passes its gates by it.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, GONE
   */
  async submit(principal: Principal, input: GateReportInput): Promise<Reported> {
    const { version, algorithm, artifact, gates } = input;
    const values = parseReportValues(gates);
    if (version != null && algorithm == null && artifact == null) {
      return this.onVersion(principal, version, values);
    }
    if (version == null && algorithm != null && artifact != null) {
      return this.onArtifact(principal, algorithm, parseRevision(artifact), values);
    }
    throw new AlgogateError(
      'INVALID_INPUT',
      'a report is on a version, or on an artifact of an algorithm: give version, or algorithm and artifact',
      ['version'],
    );
  }

  private async onVersion(principal: Principal, text: string, values: ReportValues): Promise<Reported> {
    let judgements: readonly ChannelJudgement[] = [];
    const isMaintainer = (rights: Rights): void => {
      assertRole(rights, 'MAINTAINER');
    };
    const versionId = await changeVersion(this.parts, principal, text, isMaintainer, async (tx, version) => {
      assertNotTakenDown(version);
      const { algorithmId, id } = version;
      const stamp = stampOf(principal);
      await keep(tx, algorithmId, { versionId: id }, values, stamp);
      // judged before it enters: once on the channel it would be compared with itself
      const before = await judgeVersion(tx, version);
      const entered = await enterIfPublic(tx, version, stamp.at, judgementOf(before));
      judgements = before.map((one) => ({ ...one, entered: one.entered || entered.includes(one.channel) }));
      return {
        action: 'gates.reported',
        detail: { version: version.version, values: { ...values }, entered, ...judgedInto(entered, before) },
        // outsiders see what entered, and nothing of what was measured before that
        chain: entered.length > 0 ? 'public' : 'private',
      };
    });
    return { versionId, judgements };
  }

  private async onArtifact(
    principal: Principal,
    algorithmText: string,
    { name, revision }: RevisionRef,
    values: ReportValues,
  ): Promise<Reported> {
    const ref = parseAlgorithmRef(algorithmText);
    const mutation = await algorithmMutation(this.parts, principal, ref, 'MAINTAINER');
    const { id, owner, name: algorithm } = mutation.algorithm;
    return mutateAs(mutation, async (tx) => {
      const found = await revisionNamed(tx, id, { name, revision });
      if (found === null) throw revisionNotFound(name, revision);
      await keep(tx, id, { revisionId: found.id }, values, stampOf(principal));
      const change = {
        chain: 'private' as const,
        action: 'gates.reported',
        subject: `${owner.handle}/${algorithm}`,
        detail: { artifact: `${name}@${revision}`, values: { ...values }, entered: [] },
      };
      const judgements = await judgeRevision(tx, id, name, found.id);
      return { result: { versionId: null, judgements }, change };
    });
  }
}

async function keep(
  tx: Tx,
  algorithmId: number,
  measured: Measured,
  values: ReportValues,
  stamp: ReturnType<typeof stampOf>,
): Promise<void> {
  const policyId = await newestPolicyId(tx, algorithmId);
  await insertGateReport(tx, { policyId, values, measured }, stamp);
}

/** How each gated channel judges a version that is about to enter it. */
async function judgeVersion(
  tx: Tx,
  { id: versionId, algorithmId }: VersionRecord,
): Promise<ChannelJudgement[]> {
  const entries = await entriesOf(tx, versionId);
  const policies = (await policiesInForce(tx, [algorithmId])).filter(({ channel }) => !isOfArtifact(channel));
  const named = await idsNamedBy(
    tx,
    algorithmId,
    policies.map(({ channel }) => channel),
  );
  const gated = policies.map(({ channel, policy }) => ({
    policy,
    baseline: versionWith(named.get(channel)),
  }));
  const judged = await judgeEach(tx, { versionId }, gated);
  return policies.map(({ channel }, index) => {
    const gates = judged[index] ?? [];
    return { channel, passed: allPassed(gates), entered: entries.has(channel), gates };
  });
}

function isOfArtifact(channel: string): boolean {
  return channel.includes('/');
}

function versionWith(id: number | undefined): Measured | null {
  return id === undefined ? null : { versionId: id };
}

/** How the gates of an artifact judge a revision, beside the one that the highest major with one uses. */
async function judgeRevision(
  tx: Tx,
  algorithmId: number,
  name: string,
  revisionId: number,
): Promise<ChannelJudgement[]> {
  const channel = `artifact/${name}`;
  const inUse = await revisionInUse(tx, algorithmId, name);
  const baseline = inUse === null ? null : { revisionId: inUse };
  const gates = await judgeFor(tx, algorithmId, channel, { revisionId }, baseline);
  return gates.length === 0 ? [] : [{ channel, passed: allPassed(gates), entered: false, gates }];
}

async function enterIfPublic(
  tx: Tx,
  { id: versionId, algorithmId, version: text, visibility, state }: VersionRecord,
  at: number,
  judged: readonly GateJudgement[],
): Promise<string[]> {
  const version = parseVersion(text);
  if (version === null || visibility !== 'PUBLIC' || state !== 'PUBLISHED') return [];
  return enterStable(tx, { algorithmId, versionId, version }, at, judged);
}

/** How the gates of `stable` judge a version; nothing where it has none. */
function judgementOf(judgements: readonly ChannelJudgement[]): readonly GateJudgement[] {
  return judgements.find(({ channel }) => channel === STABLE)?.gates ?? [];
}

/** The judgement by which a version entered `stable`, for the ledger. */
function judgedInto(entered: readonly string[], judgements: readonly ChannelJudgement[]): JsonObject {
  const gates = judgementOf(judgements);
  if (!entered.includes(STABLE) || gates.length === 0) return {};
  return { gates: gates.map((gate) => ({ ...gate })) };
}

/** `name@revision` @throws AlgogateError INVALID_INPUT */
function parseRevision(text: string): RevisionRef {
  const [name = '', revision = '', ...rest] = text.split('@');
  if (rest.length > 0) {
    throw new AlgogateError('INVALID_INPUT', 'an artifact is named by name@revision', ['artifact']);
  }
  return {
    name: validArtifactName(name, ['artifact']),
    revision: validRevision(revision, ['artifact']),
  };
}

function revisionNotFound(name: string, revision: string): AlgogateError {
  return new AlgogateError('NOT_FOUND', `there is no revision ${revision} of an artifact ${name}`, [
    'artifact',
  ]);
}
