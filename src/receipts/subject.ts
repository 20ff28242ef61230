import type { OwnerId } from '../domain/principal';
import type { Position } from '../domain/position';
import type { SelectorKind } from '../domain/terms';
import { type Answer, type ArtifactFacts, canonicalOf, heldArtifacts, pinnedArtifacts } from '../resolution';

/** What a receipt is about: an answer that its caller may have. */
export interface Subject {
  readonly reference: string;
  readonly canonical: string;
  readonly selector: SelectorKind;
  readonly version: string | null;
  readonly sha: string;
  readonly buildId: number;
  readonly algorithmId: number;
  readonly ownerId: OwnerId;
  readonly position: Position;
  /** What holds beside the code; null where that is told of no more, since the version was taken down. */
  readonly artifacts: readonly ArtifactFacts[] | PastArtifacts | null;
  /** Of a call; null: nothing was called. */
  readonly requestId: string | null;
}

/** What held at a past position: of that the ledger is asked. */
export interface PastArtifacts {
  /** `Owner/Name/1` */
  readonly major: string;
  readonly pins: readonly ArtifactFacts[];
}

/** A resolution as what a receipt is about. What it says of private state is what the answer's position says. */
export function subjectOf(answer: Answer): Subject {
  const { reference, resolved, algorithm } = answer;
  const { handle, publicSequence, privateSequence } = algorithm.owner;
  return {
    reference: reference.written,
    canonical: canonicalOf(answer),
    selector: resolved.kind,
    version: resolved.version?.version ?? null,
    sha: resolved.build.sha,
    buildId: resolved.build.id,
    algorithmId: algorithm.id,
    ownerId: algorithm.owner.id,
    position: { handle, public: publicSequence, private: resolved.privateState ? privateSequence : null },
    artifacts: artifactsOf(answer),
    requestId: null,
  };
}

function artifactsOf({ resolved: { version }, algorithm }: Answer): Subject['artifacts'] {
  const { owner, name, today, release } = algorithm;
  if (today === undefined || version === null) return heldArtifacts(release, version);
  if (today.find(version.key)?.state === 'TAKEN_DOWN') return null;
  return { major: `${owner.handle}/${name}/${version.major}`, pins: pinnedArtifacts(release, version) };
}
