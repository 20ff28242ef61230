import { LRUCache } from 'lru-cache';

import { ArtifactRevisionRow } from '../../entities';
import { answered, type Database, isDatabaseAway } from '../database';
import { AlgogateError } from '../domain/errors';
import type { Admission, ArtifactRevision } from './ports';

/** Revisions that calls named, and that are remembered to be there: some three megabytes. */
const MAX_KNOWN = 10_000;

/** The revisions of artifacts that calls name. A revision is never taken away: what was there once always is. */
export class ArtifactStore {
  private readonly known = new LRUCache<string, true>({ max: MAX_KNOWN });

  /** @param isSilent whether the database is known not to answer */
  constructor(
    private readonly database: Database,
    private readonly isSilent: () => boolean,
  ) {}

  /**
   * What holds for a call that names artifacts: what it names, and all else that holds for the version. At once where
   * what it names is in memory. Source: chapter 3, "Model artifacts".
   * @param wanted revisions by name
   * @throws AlgogateError INVALID_INPUT for another revision than the one that the version pins, and for one that is
   * not there; UNAVAILABLE where it would have to be read, and the database is away
   */
  artifactsFor(
    admission: Admission,
    wanted: ReadonlyMap<string, string>,
  ): readonly ArtifactRevision[] | Promise<readonly ArtifactRevision[]> {
    assertPinsHold(admission, wanted);
    const unknown = [...wanted].filter(([name, revision]) => !this.isKnown(admission, name, revision));
    if (unknown.length === 0) return overlaid(admission, wanted);
    return this.read(admission, unknown).then(() => overlaid(admission, wanted));
  }

  private isKnown({ algorithmId, artifacts }: Admission, name: string, revision: string): boolean {
    return (
      this.known.has(keyOf(algorithmId, name, revision)) ||
      artifacts.some((held) => held.name === name && held.revision === revision)
    );
  }

  private async read(
    { algorithmId, canonical }: Admission,
    wanted: readonly (readonly [name: string, revision: string])[],
  ): Promise<void> {
    for (const { name, revision } of await this.rowsOf(algorithmId, wanted)) {
      this.known.set(keyOf(algorithmId, name, revision), true);
    }
    const missing = wanted.find(([name, revision]) => !this.known.has(keyOf(algorithmId, name, revision)));
    if (missing !== undefined) throw invalid(`${canonical} has no artifact ${missing.join('@')}`);
  }

  private async rowsOf(
    algorithmId: number,
    wanted: readonly (readonly [name: string, revision: string])[],
  ): Promise<ArtifactRevisionRow[]> {
    try {
      const where = wanted.map(([name, revision]) => ({ algorithmId, name, revision }));
      const select = { id: true, name: true, revision: true } as const;
      const look = this.database.reads.find(ArtifactRevisionRow, { where, select });
      return await answered(look, this.isSilent());
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    }
  }
}

function assertPinsHold({ pinned, canonical }: Admission, wanted: ReadonlyMap<string, string>): void {
  const other = pinned.find(({ name, revision }) => (wanted.get(name) ?? revision) !== revision);
  if (other === undefined) return;
  throw invalid(`${canonical} pins ${other.name}@${other.revision}: it runs with no other`);
}

function overlaid(
  { artifacts }: Admission,
  wanted: ReadonlyMap<string, string>,
): readonly ArtifactRevision[] {
  const held = artifacts.filter(({ name }) => !wanted.has(name));
  const named = [...wanted].map(([name, revision]) => ({ name, revision }));
  return [...held, ...named].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function keyOf(algorithmId: number, name: string, revision: string): string {
  return `${algorithmId}/${name}@${revision}`;
}

function invalid(message: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, ['artifacts']);
}
