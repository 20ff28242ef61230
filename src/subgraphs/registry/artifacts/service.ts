import { maySeeMajor } from '../../../auth';
import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { DEFAULT_PERMISSIONS, grantOf, maySeeSource, NO_GRANTS } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import {
  type AlgorithmRef,
  algorithmNotFound,
  type MajorRef,
  parseAlgorithmRef,
  parseMajorRef,
} from '../../../domain/ref';
import {
  assertExpected,
  type GateJudgement,
  gatesNotPassed,
  type Pointee,
  rollbackTarget,
} from '../../../domain/release';
import type { MoveKind } from '../../../domain/terms';
import type { Change, JsonObject } from '../../../ledger';
import type { AlgorithmView } from '../../../resolution';
import { mutateAs } from '../../shared/mutate';
import { lineWithin } from '../../shared/text';
import { algorithmMutation, findAlgorithm } from '../access';
import { validArtifactName, validRevision, validSha256, validUri } from './names';
import {
  type ArtifactRecord,
  countPointers,
  insertRevision,
  movePointer,
  movesOf,
  type PointerKey,
  pointerOf,
  revisionById,
  revisionNamed,
  type RevisionsPage,
  standingOfMajor,
} from './store';
import { allPassed, judgeFor } from '../gates/gates';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';

export interface ArtifactRevisionInput {
  /** `owner/name` */
  readonly algorithm: string;
  readonly name: string;
  readonly revision: string;
  readonly uri: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** A pointer of a manifest, as inputs name it. */
export interface ArtifactPointerInput {
  /** `owner/name/1` */
  readonly major: string;
  readonly name: string;
  readonly reason?: string | null | undefined;
}

export interface MoveArtifactInput extends ArtifactPointerInput {
  /** A revision. */
  readonly to: string;
  /** The revision that it points to now; null: nowhere. */
  readonly expected?: string | null | undefined;
}

/** A major, in the spelling of the creation of its algorithm. */
export interface MajorOfAlgorithm {
  /** `Owner/Name` */
  readonly algorithmRef: string;
  readonly number: number;
}

/** A pointer that is about to be moved, in the transaction of the move. */
interface Moving {
  readonly key: PointerKey;
  readonly exists: boolean;
  readonly current: ArtifactRecord | null;
}

/** Where a pointer goes, and how that was judged. */
interface Move {
  readonly kind: MoveKind;
  readonly to: ArtifactRecord | null;
  readonly judgements: readonly GateJudgement[];
}

const MAX_ARTIFACTS = 50;

/** Artifacts beside the code, and the manifests that say which revisions hold. Source: chapter 3, "Model artifacts". */
export class ArtifactService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * The same revision twice is the same revision if all is equal.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, ALREADY_EXISTS
   */
  async add(principal: Principal, input: ArtifactRevisionInput): Promise<ArtifactRecord> {
    const content = {
      name: validArtifactName(input.name),
      revision: validRevision(input.revision),
      uri: validUri(input.uri),
      sha256: validSha256(input.sha256),
    };
    const ref = parseAlgorithmRef(input.algorithm);
    const mutation = await algorithmMutation(this.parts, principal, ref, 'MAINTAINER');
    const { id: algorithmId, owner, name } = mutation.algorithm;
    return mutateAs(mutation, async (tx) => {
      const existing = await revisionNamed(tx, algorithmId, content);
      if (existing !== null) {
        assertSame(existing, content);
        return { result: existing, change: null };
      }
      const stamp = stampOf(principal);
      const id = await insertRevision(tx, { algorithmId, ...content, ...stamp });
      // where it is stays out of the ledger: that is for those who may see the source
      const { uri: _uri, ...detail } = content;
      const change: Change = {
        // outsiders hear of it where a public manifest moves to it, or a public version pins it
        chain: 'private',
        action: 'artifact.added',
        subject: `${owner.handle}/${name}`,
        detail,
      };
      return { result: { id, ...content, at: stamp.at }, change };
    });
  }

  /**
   * Points an artifact of a major to another revision, if it still points where its mover believes, and the revision
   * passes the gates of `artifact/NAME`.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, CHANNEL_MOVED, GATES_NOT_PASSED
   */
  async move(principal: Principal, input: MoveArtifactInput): Promise<MajorOfAlgorithm> {
    const revision = validRevision(input.to, ['to']);
    const expected = input.expected == null ? null : validRevision(input.expected, ['expected']);
    return this.change(principal, input, async (tx, moving) => {
      const { key, current } = moving;
      const to = await revisionNamed(tx, key.algorithmId, { name: key.name, revision });
      if (to === null) throw revisionNotFound(key.name, revision);
      assertExpected(
        `artifact ${key.name} of major ${key.major}`,
        pointee(current),
        pointee({ revision: expected }),
      );
      if (to.id === current?.id) return null;
      if (!moving.exists) await assertRoom(tx, key);
      return { kind: 'MOVE', to, judgements: await judged(tx, moving, to) };
    });
  }

  /**
   * Takes an artifact of a major back to the last revision before the one that it points to; nowhere, where there is
   * none.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT
   */
  async rollback(principal: Principal, input: ArtifactPointerInput): Promise<MajorOfAlgorithm> {
    return this.change(principal, input, async (tx, { key, exists, current }) => {
      if (!exists) throw new AlgogateError('NOT_FOUND', `artifact ${key.name} was never moved`, ['name']);
      // a revision is never withdrawn: all that it pointed to are good
      const target = rollbackTarget(await movesOf(tx, key), () => true);
      if (target === null && current === null) return null;
      const to = target === null ? null : await revisionById(tx, target);
      return { kind: 'ROLLBACK', to, judgements: [] };
    });
  }

  /**
   * The id of an algorithm, and as whom the principal reads the list of its revisions.
   * @throws AlgogateError NOT_FOUND where it may not know of the algorithm
   */
  async readerOf(
    principal: Principal,
    ref: AlgorithmRef,
  ): Promise<{ readonly algorithmId: number } & Pick<RevisionsPage, 'reader'>> {
    const found = await findAlgorithm(this.parts.index, principal, ref);
    if (found === null) throw algorithmNotFound(ref);
    const { rights, algorithm } = found;
    const algorithmId = algorithm.id;
    if (rights.read && rights.role !== null) return { algorithmId, reader: 'member' };
    const granted = rights.read ? grantedMajors(principal, algorithm) : [];
    return { algorithmId, reader: { granted } };
  }

  /** Whether the principal reads where artifacts are: as a member, or of one major as one who may see its source. */
  async mayReadAddresses(principal: Principal, ref: AlgorithmRef, major: number | null): Promise<boolean> {
    const found = await findAlgorithm(this.parts.index, principal, ref);
    if (found === null) return false;
    const { rights, algorithm } = found;
    if (major === null) return rights.read && rights.role !== null;
    const permissions = algorithm.standing.permissions.get(major) ?? DEFAULT_PERMISSIONS;
    const grants = algorithm.standing.grants.get(major) ?? NO_GRANTS;
    return maySeeSource(principal, rights, { permissions, grants }, 'read');
  }

  /** The id of the algorithm whose major it is, where the principal may know of that; null where it may not. */
  async algorithmOfMajor(principal: Principal, ref: AlgorithmRef, major: number): Promise<number | null> {
    const found = await findAlgorithm(this.parts.index, principal, ref);
    if (found === null || !maySeeMajor(principal, found.rights, found.algorithm, major)) return null;
    return found.algorithm.id;
  }

  private async change(
    principal: Principal,
    input: ArtifactPointerInput,
    decide: (tx: Tx, moving: Moving) => Promise<Move | null>,
  ): Promise<MajorOfAlgorithm> {
    const name = validArtifactName(input.name);
    const reason = lineWithin(input.reason, 'reason', 1000);
    const ref = parseMajorRef(input.major);
    const { major } = ref;
    const mutation = await algorithmMutation(this.parts, principal, ref, 'MAINTAINER');
    const { owner, name: algorithmName } = mutation.algorithm;
    const result = { algorithmRef: `${owner.handle}/${algorithmName}`, number: major };
    return mutateAs(mutation, async (tx) => {
      const { exists, isPublic } = await standingOfMajor(tx, mutation.algorithm.id, major);
      if (!exists) throw majorNotFound(ref);
      const key = { algorithmId: mutation.algorithm.id, major, name };
      const moving = { key, ...(await pointerOf(tx, key)) };
      const move = await decide(tx, moving);
      if (move === null) return { result, change: null };
      const { current: from } = moving;
      const { kind, to } = move;
      const facts = { kind, from, to, reason, ...stampOf(principal) };
      await movePointer(tx, key, moving.exists, facts);
      const change: Change = {
        chain: isPublic ? 'public' : 'private',
        action: kind === 'MOVE' ? 'artifact.moved' : 'artifact.rolledBack',
        subject: `${result.algorithmRef}/${major}`,
        detail: detailOf(key, from, move, reason),
      };
      return { result, change };
    });
  }
}

function grantedMajors(principal: Principal, { standing, catalog }: AlgorithmView): number[] {
  return [...standing.grants]
    .filter(([major, grants]) => grantOf(principal, grants) !== null && catalog.hasMajor(major))
    .map(([major]) => major)
    .sort((a, b) => a - b);
}

/** A backend is told all of a manifest in one header. @throws AlgogateError INVALID_INPUT */
async function assertRoom(tx: Tx, { algorithmId, major }: PointerKey): Promise<void> {
  if ((await countPointers(tx, algorithmId, major)) < MAX_ARTIFACTS) return;
  throw new AlgogateError('INVALID_INPUT', `a manifest has at most ${MAX_ARTIFACTS} artifacts`, ['name']);
}

/**
 * How the gates of an artifact judge a revision. What its pointer pointed to before is not judged again: a judgement
 * is not taken back. @throws AlgogateError GATES_NOT_PASSED
 */
async function judged(
  tx: Tx,
  { key, current }: Moving,
  to: ArtifactRecord,
): Promise<readonly GateJudgement[]> {
  if ((await movesOf(tx, key)).some((move) => move.to === to.id)) return [];
  const channel = `artifact/${key.name}`;
  const baseline = current && { revisionId: current.id };
  const judgements = await judgeFor(tx, key.algorithmId, channel, { revisionId: to.id }, baseline);
  if (!allPassed(judgements)) throw gatesNotPassed(channel, `revision ${to.revision}`, judgements);
  return judgements;
}

function detailOf(
  { major, name }: PointerKey,
  from: ArtifactRecord | null,
  { to, judgements }: Move,
  reason: string | null,
): JsonObject {
  return {
    major,
    name,
    from: from?.revision ?? null,
    to: to?.revision ?? null,
    sha256: to?.sha256 ?? null,
    reason,
    ...(judgements.length === 0 ? {} : { gates: judgements.map((judgement) => ({ ...judgement })) }),
  };
}

function assertSame(
  existing: ArtifactRecord,
  content: Pick<ArtifactRecord, 'name' | 'revision' | 'uri' | 'sha256'>,
): void {
  if (existing.uri === content.uri && existing.sha256 === content.sha256) return;
  throw new AlgogateError(
    'ALREADY_EXISTS',
    `revision ${content.revision} of ${content.name} was added with other content; a revision is immutable`,
    ['revision'],
  );
}

function majorNotFound({ owner, name, major }: MajorRef): AlgogateError {
  return new AlgogateError('NOT_FOUND', `major algo://${owner}/${name}/${major} not found`, ['major']);
}

function revisionNotFound(name: string, revision: string): AlgogateError {
  return new AlgogateError('NOT_FOUND', `there is no revision ${revision} of an artifact ${name}`, ['to']);
}

function pointee(named: { readonly revision: string | null } | null): Pointee | null {
  const revision = named?.revision ?? null;
  return revision === null ? null : { text: revision, key: revision };
}
