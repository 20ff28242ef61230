import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { Principal } from '../../../domain/principal';
import { type AlgorithmRef, parseAlgorithmRef } from '../../../domain/ref';
import {
  assertExpected,
  assertLtsMove,
  assertMovable,
  type GateJudgement,
  gatesNotPassed,
  LTS,
  parseChannelName,
  parseTarget,
  type Pointee,
  STABLE,
  supportedUntilOf,
} from '../../../domain/release';
import type { SemVer } from '../../../domain/version';
import type { Change, JsonObject, Outcome } from '../../../ledger';
import type { AlgorithmView } from '../../../resolution';
import { mutateAs } from '../../shared/mutate';
import { lineWithin } from '../../shared/text';
import { algorithmMutation } from '../access';
import {
  countPointers,
  hasEntered,
  insertEntry,
  movesOf,
  namedBy,
  type PointedTo,
  pointedTo,
  type Pointer,
  pointerOf,
  setPointer,
} from './store';
import { allPassed, judgeFor } from '../gates/gates';
import { unnameable } from '../nameable';
import { versionByKey } from '../publishing/store';
import type { ChannelFacts, VersionRecord } from '../records';
import { ltsPromise, rollBack } from './rolling-back';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';
import { assertScanned } from '../trust/scanned';
import { versionNotFound } from '../publishing/version-change';

/** A channel, as inputs name it. */
export interface ChannelInput {
  /** `owner/name` */
  readonly algorithm: string;
  readonly channel: string;
  readonly reason?: string | null | undefined;
}

export interface MoveChannelInput extends ChannelInput {
  /** A version of the algorithm, bare or as a ref. */
  readonly to: string;
  /** What it names now, in the same form; null: nothing. */
  readonly expected?: string | null | undefined;
  /** Of `lts` alone. */
  readonly supportedUntil?: Date | null | undefined;
}

/** A move as it was asked for, of an algorithm that its mover may act on. */
interface Move {
  readonly principal: Principal;
  readonly algorithm: AlgorithmView;
  readonly ref: AlgorithmRef;
  readonly name: string;
  readonly to: SemVer;
  readonly expected: SemVer | null;
  readonly supportedUntil: number | null;
  readonly reason: string | null;
}

/** All that is in memory of an algorithm is bounded, its channels too. */
const MAX_CHANNELS = 100;
const MAX_REASON = 1000;

/**
 * Moving the channels that are pointers. Maintainers may, as they may publish (chapter 2, "Roles"): a channel names
 * nothing that they could not have published to all. Source: chapter 3, "Channels".
 */
export class ChannelService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Points a channel to another version, if it names what its mover believes and the version passes its gates. One
   * that nobody moved yet begins with that; `stable` is computed no longer from then on.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, CHANNEL_MOVED, GATES_NOT_PASSED,
   * VULNERABILITY_DENIED
   */
  async move(principal: Principal, input: MoveChannelInput): Promise<ChannelFacts> {
    const ref = parseAlgorithmRef(input.algorithm);
    const name = movableName(input.channel);
    const wanted = {
      to: parseTarget(input.to, ref),
      expected: input.expected == null ? null : parseTarget(input.expected, ref, 'expected'),
      supportedUntil: wantedUntil(name, input.supportedUntil),
      reason: lineWithin(input.reason, 'reason', MAX_REASON),
    };
    const mutation = await algorithmMutation(this.parts, principal, ref, 'MAINTAINER');
    const { algorithm } = mutation;
    return mutateAs(mutation, (tx) => moveIn(tx, { principal, algorithm, ref, name, ...wanted }));
  }

  /**
   * Takes a channel back, see `rollBack`.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT
   */
  async rollback(principal: Principal, input: ChannelInput): Promise<ChannelFacts> {
    const ref = parseAlgorithmRef(input.algorithm);
    const name = movableName(input.channel);
    const reason = lineWithin(input.reason, 'reason', MAX_REASON);
    const mutation = await algorithmMutation(this.parts, principal, ref, 'MAINTAINER');
    const { algorithm } = mutation;
    return mutateAs(mutation, async (tx) => {
      const before = await pointerOf(tx, algorithm.id, name);
      if (before === null) throw neverMoved(ref, name);
      const { pointer, version } = await rollBack(tx, before, reason, stampOf(principal));
      const result = factsOf(algorithm, pointer);
      if (pointer.versionId === before.versionId) return { result, change: null };
      const [from] = before.versionId === null ? [] : await pointedTo(tx, [before.versionId]);
      const detail = detailOf(pointer, from ?? null, version, reason);
      return { result, change: changeOf('channel.rolledBack', algorithm, detail) };
    });
  }
}

async function moveIn(tx: Tx, move: Move): Promise<Outcome<ChannelFacts>> {
  const { algorithm, name, expected, reason } = move;
  const to = await targetOf(tx, move);
  const before = await pointerOf(tx, algorithm.id, name);
  const current = await namedBy(tx, algorithm.id, name);
  assertExpected(`channel ${name}`, current && pointee(current), expected);
  const stamp = stampOf(move.principal);
  const supportedUntil = await promisedUntil(tx, move, before, stamp.at);
  const pointer = { algorithmId: algorithm.id, name, versionId: to.id, supportedUntil };
  const result = factsOf(algorithm, pointer);
  if (before?.versionId === to.id && before.supportedUntil === supportedUntil)
    return { result, change: null };
  if (before === null) await assertRoom(tx, algorithm.id);
  const judgements = await enter(tx, pointer, to, current, stamp.at);
  await setPointer(tx, pointer, { kind: 'MOVE', from: current?.id ?? null, reason, ...stamp });
  const detail = { ...detailOf(pointer, current, to, reason), ...judged(judgements) };
  return { result, change: changeOf('channel.moved', algorithm, detail) };
}

/** @throws AlgogateError NOT_FOUND, INVALID_INPUT for a version that no channel may name */
async function targetOf(tx: Tx, { algorithm, ref, to }: Move): Promise<VersionRecord> {
  const version = await versionByKey(tx, algorithm.id, to.key);
  if (version === null) throw versionNotFound({ ...ref, version: to }, 'to');
  const why = unnameable(version);
  if (why !== null) {
    const message = `version ${version.version} ${why}: a channel names public versions only`;
    throw new AlgogateError('INVALID_INPUT', message, ['to']);
  }
  return version;
}

/** Until when the version is supported that `lts` goes to; null for other channels. */
async function promisedUntil(
  tx: Tx,
  { name, to, supportedUntil }: Move,
  before: Pointer | null,
  now: number,
): Promise<number | null> {
  if (name !== LTS) return null;
  const promise =
    before === null
      ? { current: null, supportedUntil: null }
      : await ltsPromise(tx, before, await movesOf(tx, before.algorithmId, name));
  assertLtsMove(promise, to, now);
  return supportedUntilOf(promise, to, supportedUntil, now);
}

/**
 * Lets a version into a channel, judged by the gates of this moment. One that has entered it before, be it while the
 * channel had no gates, is not judged: an entry is not taken back by a later policy, which governs later entries.
 * Source: chapter 3, "Gates and protection".
 * @throws AlgogateError GATES_NOT_PASSED, VULNERABILITY_DENIED
 */
async function enter(
  tx: Tx,
  { algorithmId, name }: Pointer,
  to: VersionRecord,
  current: VersionRecord | null,
  at: number,
): Promise<readonly GateJudgement[]> {
  const { id: versionId, version } = to;
  if (await hasEntered(tx, versionId, name)) return [];
  const baseline = current && { versionId: current.id };
  const judgements = await judgeFor(tx, algorithmId, name, { versionId }, baseline);
  if (!allPassed(judgements)) throw gatesNotPassed(name, version, judgements);
  if (name === STABLE) await assertScanned(tx, algorithmId, to, at);
  await insertEntry(tx, { versionId, channel: name, at });
  return judgements;
}

async function assertRoom(tx: Tx, algorithmId: number): Promise<void> {
  if ((await countPointers(tx, algorithmId)) < MAX_CHANNELS) return;
  throw new AlgogateError('INVALID_INPUT', `an algorithm has at most ${MAX_CHANNELS} channels`, ['channel']);
}

/** @throws AlgogateError INVALID_INPUT */
function movableName(text: string): string {
  try {
    parseChannelName(text);
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw new AlgogateError(error.code, error.message, ['channel']);
  }
  assertMovable(text);
  return text;
}

/** @throws AlgogateError INVALID_INPUT for a channel that promises nothing */
function wantedUntil(name: string, wanted: Date | null | undefined): number | null {
  if (wanted == null) return null;
  if (name === LTS) return wanted.getTime();
  throw new AlgogateError('INVALID_INPUT', `only ${LTS} carries an end of support`, ['supportedUntil']);
}

function neverMoved({ owner, name }: AlgorithmRef, channel: string): AlgogateError {
  return channel === STABLE
    ? new AlgogateError('INVALID_INPUT', `${STABLE} is computed: nobody has moved it yet`, ['channel'])
    : new AlgogateError('NOT_FOUND', `${owner}/${name} has no channel ${channel}`, ['channel']);
}

function pointee({ version, sortKey }: VersionRecord): Pointee {
  return { text: version, key: sortKey };
}

function factsOf({ id, owner, name }: AlgorithmView, pointer: Pointer): ChannelFacts {
  return {
    algorithmId: id,
    algorithmRef: `${owner.handle}/${name}`,
    name: pointer.name,
    versionId: pointer.versionId,
    computed: false,
  };
}

function detailOf(
  { name, supportedUntil }: Pointer,
  from: PointedTo | null,
  to: PointedTo | null,
  reason: string | null,
): JsonObject {
  return {
    channel: name,
    from: from?.version ?? null,
    to: to?.version ?? null,
    reason,
    supportedUntil: supportedUntil === null ? null : new Date(supportedUntil).toISOString(),
  };
}

function judged(judgements: readonly GateJudgement[]): JsonObject {
  return judgements.length === 0 ? {} : { gates: judgements.map((judgement) => ({ ...judgement })) };
}

/** Channels name public versions: every move is for all to see. */
function changeOf(action: string, { owner, name }: AlgorithmView, detail: JsonObject): Change {
  return { chain: 'public', action, subject: `${owner.handle}/${name}`, detail };
}
