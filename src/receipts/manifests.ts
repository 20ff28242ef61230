import { LRUCache } from 'lru-cache';

import type { Database } from '../database';
import type { OwnerId } from '../domain/principal';
import type { Position } from '../domain/position';
import { type ManifestMove, readManifestMoves } from './store';

/** Moves of manifests that are kept in memory: some ten megabytes. */
const MAX_MOVES = 50_000;
/** What one takes that has no moves. */
const EMPTY_WEIGHT = 2;

/** Which revision of an artifact a manifest named, and what it is. */
export interface HeldRevision {
  readonly name: string;
  readonly revision: string;
  readonly sha256: string;
}

/** The moves of a manifest, and how far both chains of the owner had come, at least, when they were read. */
interface History {
  readonly readTo: Position;
  readonly moves: readonly ManifestMove[];
}

/** What the manifests of majors named at past positions, from the ledger. */
export class Manifests {
  private readonly known = new LRUCache<string, History>({
    maxSize: MAX_MOVES,
    sizeCalculation: ({ moves }) => Math.min(EMPTY_WEIGHT + moves.length, MAX_MOVES),
  });

  constructor(private readonly database: Database) {}

  /**
   * By name, in their order. One history of a major serves all positions that it has come to.
   * @param major `Owner/Name/1`
   */
  async at(ownerId: OwnerId, major: string, position: Position): Promise<readonly HeldRevision[]> {
    const known = this.known.get(major);
    const history =
      known !== undefined && hasCome(known.readTo, position)
        ? known
        : await this.read(ownerId, major, position);
    return held(history.moves, position);
  }

  private async read(ownerId: OwnerId, major: string, readTo: Position): Promise<History> {
    const moves = await readManifestMoves(this.database.reads, ownerId, major);
    const history = { readTo, moves };
    this.known.set(major, history);
    return history;
  }
}

function hasCome(readTo: Position, { public: sequence, private: hidden }: Position): boolean {
  return readTo.public >= sequence && (readTo.private ?? 0) >= (hidden ?? 0);
}

/**
 * The moves of the private chain were all made before the major had a public version, and those of the public chain all
 * after: an answer that private state has no part in names a public version, and has all of the former behind it.
 */
function held(moves: readonly ManifestMove[], position: Position): readonly HeldRevision[] {
  const isPast = ({ chain, sequence }: ManifestMove): boolean =>
    sequence <= (chain === 'public' ? position.public : (position.private ?? Infinity));
  const pointers = new Map<string, HeldRevision | null>();
  for (const chain of ['private', 'public'] as const) {
    for (const move of moves) {
      if (move.chain !== chain || !isPast(move)) continue;
      const { name, revision, sha256 } = move;
      pointers.set(name, revision === null || sha256 === null ? null : { name, revision, sha256 });
    }
  }
  return [...pointers.values()].filter((one) => one !== null).sort((a, b) => (a.name < b.name ? -1 : 1));
}
