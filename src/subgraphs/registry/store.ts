import { In } from 'typeorm';

import { AlgorithmRow, BuildRow, OwnerRow, VersionRow } from '../../../entities';
import type { Tx } from '../../database';
import type { OwnerId } from '../../domain/principal';
import type { Page } from '../shared/paging';
import type { AlgorithmLens, VersionLens } from './lens';
import type { AlgorithmRecord, BuildRecord, OwnerRecord, VersionRecord } from './records';

const SETTLED = ['PUBLISHED', 'TAKEN_DOWN'] as const;

export async function ownersByKey(tx: Tx, handleKeys: readonly string[]): Promise<OwnerRecord[]> {
  return tx.findBy(OwnerRow, { handleKey: In([...handleKeys]) });
}

export async function ownersById(tx: Tx, ids: readonly OwnerId[]): Promise<OwnerRecord[]> {
  return tx.findBy(OwnerRow, { id: In([...ids]) });
}

export async function algorithmsById(tx: Tx, ids: readonly number[]): Promise<AlgorithmRecord[]> {
  const rows = await tx.findBy(AlgorithmRow, { id: In([...ids]) });
  return withOwners(tx, rows);
}

export async function algorithmByName(
  tx: Tx,
  ownerId: OwnerId,
  nameKey: string,
): Promise<AlgorithmRow | null> {
  return tx.findOneBy(AlgorithmRow, { ownerId, nameKey });
}

/** What narrows a list of algorithms, beside who looks. */
export interface AlgorithmFilter {
  readonly search: string | null;
  readonly ownerKey: string | null;
  readonly tag: string | null;
}

/** Algorithms in the order of `owner/name`, those only that the lens shows. */
export async function algorithmsPage(
  tx: Tx,
  lens: AlgorithmLens,
  filter: AlgorithmFilter,
  page: Page,
): Promise<AlgorithmRecord[]> {
  const query = tx
    .createQueryBuilder(AlgorithmRow, 'algorithm')
    .innerJoin(OwnerRow, 'owner', 'owner.id = algorithm.owner_id')
    .orderBy('owner.handle_key')
    .addOrderBy('algorithm.name_key')
    .limit(page.limit);
  if (!lens.everything) query.andWhere(...visible(lens));
  if (filter.ownerKey !== null) query.andWhere('owner.handle_key = :ownerKey', { ownerKey: filter.ownerKey });
  if (filter.tag !== null)
    query.andWhere("algorithm.tags LIKE :tag ESCAPE '!'", { tag: like(JSON.stringify(filter.tag)) });
  if (filter.search !== null) {
    query.andWhere(
      "(algorithm.name_key LIKE :search ESCAPE '!' OR owner.handle_key LIKE :search ESCAPE '!' OR LOWER(algorithm.summary) LIKE :search ESCAPE '!')",
      { search: like(filter.search.toLowerCase()) },
    );
  }
  if (page.after !== null) {
    const [owner = '', name = ''] = page.after.split('/');
    query.andWhere(
      '(owner.handle_key > :afterOwner OR (owner.handle_key = :afterOwner AND algorithm.name_key > :afterName))',
      { afterOwner: owner, afterName: name },
    );
  }
  return withOwners(tx, await query.getMany());
}

/** Listed ones are for all; others for members, and for those granted a major that has versions. */
function visible(lens: Extract<AlgorithmLens, { everything: false }>): [string, Record<string, unknown>] {
  const privately = [
    'algorithm.owner_id IN (:...memberOf)',
    `EXISTS (SELECT 1 FROM grants g JOIN versions gv ON gv.algorithm_id = g.algorithm_id AND gv.major = g.major
              WHERE g.algorithm_id = algorithm.id AND g.grantee_id IN (:...grantees) AND gv.state IN (:...settled))`,
  ];
  const scoped = lens.scopes?.map(({ nameKey }, at) =>
    nameKey === null
      ? `owner.handle_key = :scopeOwner${at}`
      : `(owner.handle_key = :scopeOwner${at} AND algorithm.name_key = :scopeName${at})`,
  );
  const scopes =
    scoped === undefined ? '' : scoped.length === 0 ? ' AND 1 = 0' : ` AND (${scoped.join(' OR ')})`;
  const parameters: Record<string, unknown> = {
    // no row has the id 0: an empty IN () is not SQL
    memberOf: [0, ...lens.memberOf],
    grantees: [0, ...lens.grantees],
    settled: [...SETTLED],
  };
  lens.scopes?.forEach(({ ownerKey, nameKey }, at) => {
    parameters[`scopeOwner${at}`] = ownerKey;
    if (nameKey !== null) parameters[`scopeName${at}`] = nameKey;
  });
  return [`(algorithm.listed_at IS NOT NULL OR ((${privately.join(' OR ')})${scopes}))`, parameters];
}

function like(text: string): string {
  return `%${text.replace(/[!%_]/g, (character) => `!${character}`)}%`;
}

/** Versions of one algorithm, highest first, those only that the lens shows. */
export async function versionsPage(
  tx: Tx,
  algorithmId: number,
  lens: VersionLens,
  filter: { readonly major: number | null; readonly includeYanked: boolean },
  page: Page,
): Promise<VersionRecord[]> {
  const query = tx
    .createQueryBuilder(VersionRow, 'version')
    .where('version.algorithm_id = :algorithmId', { algorithmId })
    .orderBy('version.sort_key', 'DESC')
    .limit(page.limit);
  if (!lens.everything) {
    query.andWhere(
      "(version.state IN (:...settled) AND (version.visibility = 'PUBLIC' OR version.major IN (:...majors)))",
      { settled: [...SETTLED], majors: [-1, ...lens.majors] },
    );
  }
  if (filter.major !== null) query.andWhere('version.major = :major', { major: filter.major });
  if (!filter.includeYanked) query.andWhere('version.yanked_at IS NULL');
  if (page.after !== null) query.andWhere('version.sort_key < :after', { after: page.after });
  return query.getMany();
}

export async function versionsById(tx: Tx, ids: readonly number[]): Promise<VersionRecord[]> {
  return tx.findBy(VersionRow, { id: In([...ids]) });
}

export async function buildsById(tx: Tx, ids: readonly number[]): Promise<BuildRecord[]> {
  return tx.findBy(BuildRow, { id: In([...ids]) });
}

export async function buildBySha(tx: Tx, algorithmId: number, sha: string): Promise<BuildRecord | null> {
  return tx.findOneBy(BuildRow, { algorithmId, sha });
}

export async function insertAlgorithm(
  tx: Tx,
  row: Omit<AlgorithmRow, 'id' | 'listedAt' | 'tags'> & { readonly tags: readonly string[] },
): Promise<number> {
  const result = await tx.insert(AlgorithmRow, { ...row, tags: JSON.stringify(row.tags), listedAt: null });
  return Number(result.identifiers[0]?.['id']);
}

/** The fields of an algorithm that its maintainers may change. */
export type AlgorithmDescription = Pick<
  AlgorithmRecord,
  'summary' | 'description' | 'tags' | 'repositoryUrl' | 'licence'
>;

export async function updateDescription(
  tx: Tx,
  id: number,
  { tags, ...rest }: AlgorithmDescription,
): Promise<void> {
  await tx.update(AlgorithmRow, { id }, { ...rest, tags: JSON.stringify(tags) });
}

export async function insertBuild(
  tx: Tx,
  algorithmId: number,
  build: Omit<BuildRecord, 'id'>,
): Promise<number> {
  const result = await tx.insert(BuildRow, { ...build, algorithmId });
  return Number(result.identifiers[0]?.['id']);
}

async function withOwners(tx: Tx, rows: readonly AlgorithmRow[]): Promise<AlgorithmRecord[]> {
  const owners = await ownersById(tx, [...new Set(rows.map((row) => row.ownerId))]);
  const handles = new Map(owners.map((owner) => [owner.id, owner.handle]));
  return rows.map(({ tags, createdAt, listedAt, ...row }) => ({
    ...row,
    createdAt: Number(createdAt),
    listedAt: listedAt === null ? null : Number(listedAt),
    tags: JSON.parse(tags) as string[],
    ownerHandle: handles.get(row.ownerId) ?? '',
  }));
}
