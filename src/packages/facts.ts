import type { DeprecationStatement } from '../domain/release';
import type { Stability, VersionState, Visibility } from '../domain/terms';

/** What the store of this room gives. Times are milliseconds since the epoch. */

/** What a document says of its algorithm. */
export interface AlgorithmFacts {
  readonly ownerId: number;
  /** Both in the spelling of their creation. */
  readonly owner: string;
  readonly name: string;
  readonly summary: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly licence: string | null;
  readonly repository: string | null;
  /** Where the chains of the owner stand. */
  readonly publicSequence: number;
  readonly privateSequence: number;
}

/** One version as a document says it. */
export interface VersionLine {
  readonly version: string;
  readonly key: string;
  readonly major: number;
  readonly prerelease: boolean;
  readonly visibility: Visibility;
  readonly state: VersionState;
  readonly stability: Stability;
  readonly publishedAt: number;
  readonly compatibility: string | null;
  readonly yankReason: string | null;
  readonly yankedAt: number | null;
  readonly sha: string;
  readonly artifactUri: string | null;
  readonly artifactDigest: string | null;
  /** It has entered the channel `stable`. */
  readonly stable: boolean;
  /** Null too where it was not asked for. */
  readonly releaseNotes: string | null;
}

/** What was said of some versions that are not to be used any more. */
export interface Statement extends DeprecationStatement {
  readonly replacement: string | null;
  readonly removalAt: number | null;
  readonly at: number;
}
