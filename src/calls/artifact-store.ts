import { LRUCache } from 'lru-cache';

import { VersionRow } from '../../entities';
import { answered, type Database, isDatabaseAway, shownRevisions, type Tx } from '../database';
import { AlgogateError } from '../domain/errors';
import type { Admission, ArtifactRevision } from './ports';

/** Revisions that calls named, and that are remembered: some four megabytes. */
const MAX_KNOWN = 10_000;

type Wanted = readonly (readonly [name: string, revision: string])[];

/**
 * A revision that is there; it is never taken away. Whether it is for those without a role on the owner too is known
 * as of a position of the owner's public chain: all that makes it public, or takes that back, is an entry there.
 */
interface Known {
  readonly publicAt: string | null;
}

/** The revisions of artifacts that calls name. */
export class ArtifactStore {
  private readonly known = new LRUCache<string, Known>({ max: MAX_KNOWN });

  /** @param isSilent whether the database is known not to answer */
  constructor(
    private readonly database: Database,
    private readonly isSilent: () => boolean,
  ) {}

  /**
   * What holds for a call that names artifacts: what it names, and all else that holds for the version. At once where
   * what it names is in memory. Members of the owner may name every revision; others those that hold for the version,
   * those that are public and, of a private version that was granted to them, those of its major. Source: chapter 3,
   * "Model artifacts"; chapter 2, "Who sees what".
   * @param wanted revisions by name
   * @throws AlgogateError INVALID_INPUT for another revision than the one that the version pins, and for one that is
   * not there or not for the caller, in the same words; UNAVAILABLE where it would have to be read, and the database
   * is away
   */
  artifactsFor(
    admission: Admission,
    wanted: ReadonlyMap<string, string>,
  ): readonly ArtifactRevision[] | Promise<readonly ArtifactRevision[]> {
    assertPinsHold(admission, wanted);
    const unknown = [...wanted].filter(([name, revision]) => !this.mayName(admission, name, revision));
    if (unknown.length === 0) return overlaid(admission, wanted);
    return this.read(admission, unknown).then(() => overlaid(admission, wanted));
  }

  /** As far as memory tells. */
  private mayName(admission: Admission, name: string, revision: string): boolean {
    const { algorithmId, artifacts, memberOfOwner, position } = admission;
    if (artifacts.some((held) => held.name === name && held.revision === revision)) return true;
    const known = this.known.get(keyOf(algorithmId, name, revision));
    return known !== undefined && (memberOfOwner || known.publicAt === position);
  }

  private async read(admission: Admission, wanted: Wanted): Promise<void> {
    const found = await this.asked(admission, wanted);
    const missing = wanted.find(([name, revision]) => !found.has(`${name}@${revision}`));
    if (missing !== undefined) throw invalid(`${admission.canonical} has no artifact ${missing.join('@')}`);
  }

  private async asked(admission: Admission, wanted: Wanted): Promise<ReadonlySet<string>> {
    try {
      return await answered(this.look(admission, wanted), this.isSilent());
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    }
  }

  /** Those that the caller may name, `name@revision`. */
  private async look(admission: Admission, wanted: Wanted): Promise<ReadonlySet<string>> {
    const { algorithmId, memberOfOwner, position, versionId: id } = admission;
    const { reads } = this.database;
    const found = await readRevisions(reads, algorithmId, wanted, memberOfOwner ? null : []);
    for (const named of found) {
      const key = `${algorithmId}/${named}`;
      const publicAt = memberOfOwner ? (this.known.get(key)?.publicAt ?? null) : position;
      this.known.set(key, { publicAt });
    }
    if (memberOfOwner || found.size === wanted.length || id === null) return found;
    const version = await reads.findOneBy(VersionRow, { id });
    if (version?.visibility !== 'PRIVATE') return found;
    // whoever is no member and was let in to a private version was granted its major; not kept, as grants end
    return readRevisions(reads, algorithmId, wanted, [version.major]);
  }
}

/** Those of some revisions that are for the caller. @param granted majors that were granted to it; null: for a member */
async function readRevisions(
  tx: Tx,
  algorithmId: number,
  wanted: Wanted,
  granted: readonly number[] | null,
): Promise<ReadonlySet<string>> {
  const shown = granted === null ? null : shownRevisions([algorithmId], granted);
  const named = wanted.map(() => '(r.name = ? AND r.revision = ?)').join(' OR ');
  const rows = await tx.query<ArtifactRevision[]>(
    `SELECT r.name AS name, r.revision AS revision FROM artifact_revisions r
      WHERE r.algorithm_id = ? AND (${named})${shown === null ? '' : ` AND ${shown.sql}`}`,
    [algorithmId, ...wanted.flat(), ...(shown?.parameters ?? [])],
  );
  return new Set(rows.map(({ name, revision }) => `${name}@${revision}`));
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
