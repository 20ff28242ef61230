import { Brackets } from 'typeorm';

import {
  AlgorithmRow,
  BuildRow,
  ChannelEntryRow,
  ChannelRow,
  DeprecationRow,
  LedgerEntryRow,
  LedgerHeadRow,
  MajorRow,
  OwnerRow,
  VersionRow,
} from '../../entities';
import type { Tx } from '../database';
import { parseDeprecationSelector } from '../domain/release';
import type { Audience } from './audience';
import type { AlgorithmFacts, Statement, VersionLine } from './facts';

export async function readFacts(tx: Tx, algorithmId: number): Promise<AlgorithmFacts> {
  const row = await tx
    .createQueryBuilder(AlgorithmRow, 'a')
    .innerJoin(OwnerRow, 'o', 'o.id = a.owner_id')
    .innerJoin(LedgerHeadRow, 'h', 'h.owner_id = o.id')
    .select([
      'o.id AS `ownerId`',
      'o.handle AS `owner`',
      'a.name AS `name`',
      'a.summary AS `summary`',
      'a.description AS `description`',
      'a.tags AS `tags`',
      'a.licence AS `licence`',
      'a.repository_url AS `repository`',
      'h.public_sequence AS `publicSequence`',
      'h.private_sequence AS `privateSequence`',
    ])
    .where('a.id = :algorithmId', { algorithmId })
    .getRawOne<Omit<AlgorithmFacts, 'tags'> & { tags: string }>();
  if (row === undefined) throw new Error(`algorithm ${algorithmId} is gone`);
  return { ...row, tags: JSON.parse(row.tags) as string[] };
}

/** The last entries about an algorithm in each chain of its owner, above those given; null where there are none. */
export async function lastEntriesAbout(
  tx: Tx,
  { ownerId, owner, name }: Pick<AlgorithmFacts, 'ownerId' | 'owner' | 'name'>,
  above: { readonly public: number; readonly private: number },
): Promise<{ readonly public: number | null; readonly private: number | null }> {
  const subject = `${owner}/${name}`;
  const rows = await tx
    .createQueryBuilder(LedgerEntryRow, 'e')
    .select(['e.chain AS `chain`', 'MAX(e.sequence) AS `last`'])
    .where('e.owner_id = :ownerId', { ownerId })
    .andWhere(
      "((e.chain = 'public' AND e.sequence > :public) OR (e.chain = 'private' AND e.sequence > :private))",
      above,
    )
    // "0" comes right after "/": all subjects that go on with a slash
    .andWhere('(e.subject = :subject OR (e.subject > :from AND e.subject < :to))', {
      subject,
      from: `${subject}/`,
      to: `${subject}0`,
    })
    .groupBy('e.chain')
    .getRawMany<{ chain: 'public' | 'private'; last: number | string }>();
  const last = new Map(rows.map((row) => [row.chain, Number(row.last)]));
  return { public: last.get('public') ?? null, private: last.get('private') ?? null };
}

/** The channels that are moved by their owner, by name: the version that each names now, null for none. */
export async function readPointers(tx: Tx, algorithmId: number): Promise<Map<string, string | null>> {
  const rows = await tx
    .createQueryBuilder(ChannelRow, 'c')
    .leftJoin(
      VersionRow,
      'v',
      "v.id = c.version_id AND v.visibility = 'PUBLIC' AND v.state = 'PUBLISHED' AND v.yanked_at IS NULL",
    )
    .select(['c.name AS `name`', 'v.version AS `version`'])
    .where('c.algorithm_id = :algorithmId', { algorithmId })
    .orderBy('c.name')
    .getRawMany<{ name: string; version: string | null }>();
  return new Map(rows.map(({ name, version }) => [name, version]));
}

/** What was said of versions that are not to be used any more, newest first. */
export async function readStatements(tx: Tx, algorithmId: number): Promise<Statement[]> {
  const rows = await tx.find(DeprecationRow, {
    where: { algorithmId },
    // all but the migration guide
    select: { id: true, selector: true, message: true, replacement: true, removalAt: true, at: true },
    order: { id: 'DESC' },
  });
  return rows.map(({ selector, message, replacement, removalAt, at }) => ({
    selector: parseDeprecationSelector(selector),
    message,
    replacement,
    removalAt: removalAt === null ? null : Number(removalAt),
    at: Number(at),
  }));
}

/** The majors whose source is open. */
export async function readOpenMajors(tx: Tx, algorithmId: number): Promise<Set<number>> {
  const rows = await tx.findBy(MajorRow, { algorithmId, sourceVisibility: 'OPEN' });
  return new Set(rows.map(({ number }) => number));
}

type RawLine = Omit<VersionLine, 'prerelease' | 'stable' | 'publishedAt' | 'yankedAt'> & {
  readonly releaseBuildId: number | null;
  readonly enteredAt: number | string | null;
  readonly publishedAt: number | string;
  readonly yankedAt: number | string | null;
};

export interface LinesPage {
  /** The key of the last one before it; null: from the highest. */
  readonly below: string | null;
  readonly limit: number;
  readonly withNotes: boolean;
}

/** The versions that an audience sees, highest first. */
export async function readLines(
  tx: Tx,
  algorithmId: number,
  audience: Audience,
  { below, limit, withNotes }: LinesPage,
): Promise<VersionLine[]> {
  const query = tx
    .createQueryBuilder(VersionRow, 'v')
    .innerJoin(BuildRow, 'b', 'b.id = v.build_id')
    .leftJoin(ChannelEntryRow, 'e', "e.version_id = v.id AND e.channel = 'stable'")
    .select([
      'v.version AS `version`',
      'v.sort_key AS `key`',
      'v.major AS `major`',
      'v.release_build_id AS `releaseBuildId`',
      'v.visibility AS `visibility`',
      'v.state AS `state`',
      'v.stability AS `stability`',
      'v.published_at AS `publishedAt`',
      'v.compatibility AS `compatibility`',
      'v.yank_reason AS `yankReason`',
      'v.yanked_at AS `yankedAt`',
      'b.sha AS `sha`',
      'b.artifact_uri AS `artifactUri`',
      'b.artifact_digest AS `artifactDigest`',
      'e.at AS `enteredAt`',
      withNotes ? 'v.release_notes AS `releaseNotes`' : 'NULL AS `releaseNotes`',
    ])
    .where('v.algorithm_id = :algorithmId', { algorithmId })
    .orderBy('v.sort_key', 'DESC')
    .limit(limit);
  if (audience.kind !== 'members') query.andWhere(seenBy(audience));
  if (below !== null) query.andWhere('v.sort_key < :below', { below });
  return (await query.getRawMany<RawLine>()).map(lineOf);
}

/** What is public is for all, the granted majors for grantees; what waits or was rejected for neither. */
function seenBy(audience: Exclude<Audience, { kind: 'members' }>): Brackets {
  const majors = audience.kind === 'grantees' ? [...audience.majors.keys()] : [];
  return new Brackets((and) => {
    and.where("v.state IN ('PUBLISHED', 'TAKEN_DOWN')").andWhere(
      "(v.visibility = 'PUBLIC' OR v.major IN (:...majors))",
      // no major is below 0: an empty IN () is not SQL
      { majors: [-1, ...majors] },
    );
  });
}

function lineOf({ releaseBuildId, enteredAt, publishedAt, yankedAt, ...rest }: RawLine): VersionLine {
  return {
    ...rest,
    prerelease: releaseBuildId === null,
    stable: enteredAt !== null,
    publishedAt: Number(publishedAt),
    yankedAt: yankedAt === null ? null : Number(yankedAt),
  };
}
