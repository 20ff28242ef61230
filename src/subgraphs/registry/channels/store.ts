import { In } from 'typeorm';

import { ChannelEntryRow, ChannelMoveRow, ChannelRow, VersionRow } from '../../../../entities';
import type { Tx } from '../../../database';
import { EDGE, type PointerMove, STABLE } from '../../../domain/release';
import type { MoveKind } from '../../../domain/terms';
import type { Page } from '../../shared/paging';
import { type Numbered, newestOf } from './history-store';
import type { ChannelMoveRecord, VersionRecord } from '../records';
import type { Stamp } from '../stamp';

/** A channel that its owner moves. */
export interface Pointer {
  readonly algorithmId: number;
  readonly name: string;
  /** Null: it points nowhere. */
  readonly versionId: number | null;
  /** Of `lts`: milliseconds since the epoch. */
  readonly supportedUntil: number | null;
}

/** The channel as its owner moved it; null where nobody ever did. */
export async function pointerOf(tx: Tx, algorithmId: number, name: string): Promise<Pointer | null> {
  const row = await tx.findOneBy(ChannelRow, { algorithmId, name });
  return row && pointer(row);
}

/** The channels of some algorithms that their owners move. */
export async function pointersOf(tx: Tx, algorithmIds: readonly number[]): Promise<Pointer[]> {
  return (await tx.findBy(ChannelRow, { algorithmId: In([...algorithmIds]) })).map(pointer);
}

/** The channels that point to a version, by name. */
export async function pointersAt(tx: Tx, versionId: number): Promise<Pointer[]> {
  return (await tx.find(ChannelRow, { where: { versionId }, order: { name: 'ASC' } })).map(pointer);
}

export async function countPointers(tx: Tx, algorithmId: number): Promise<number> {
  return tx.countBy(ChannelRow, { algorithmId });
}

/** What a channel names now: of a computed one, what it computes to. Null for nothing. */
export async function namedBy(tx: Tx, algorithmId: number, name: string): Promise<VersionRecord | null> {
  const moved = name === EDGE ? null : await pointerOf(tx, algorithmId, name);
  if (moved !== null) {
    return moved.versionId === null ? null : tx.findOneBy(VersionRow, { id: moved.versionId });
  }
  if (name === STABLE) return highestEntered(tx, algorithmId);
  return name === EDGE ? highestPublic(tx, algorithmId).getOne() : null;
}

/** The ids of what some channels name now, as `namedBy` does, in a few statements for all; none where one names nothing. */
export async function idsNamedBy(
  tx: Tx,
  algorithmId: number,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const pointers = new Map((await pointersOf(tx, [algorithmId])).map((one) => [one.name, one]));
  const ids = new Map<string, number>();
  for (const name of names) {
    const moved = name === EDGE ? undefined : pointers.get(name);
    const isComputed = moved === undefined && (name === EDGE || name === STABLE);
    const id = isComputed ? (await namedBy(tx, algorithmId, name))?.id : moved?.versionId;
    if (id != null) ids.set(name, id);
  }
  return ids;
}

/** What is asked of the versions in the history of a channel. Their texts are long, and there may be many. */
export type PointedTo = Pick<VersionRecord, 'id' | 'version' | 'visibility' | 'state' | 'yankedAt'>;

export async function pointedTo(tx: Tx, ids: readonly number[]): Promise<PointedTo[]> {
  return tx.find(VersionRow, {
    select: { id: true, version: true, visibility: true, state: true, yankedAt: true },
    where: { id: In([...ids]) },
  });
}

/** All moves of a channel, oldest first. */
export async function movesOf(tx: Tx, algorithmId: number, name: string): Promise<PointerMove<number>[]> {
  const rows = await tx.find(ChannelMoveRow, { where: { algorithmId, name }, order: { id: 'ASC' } });
  return rows.map(({ kind, fromId, toId }) => ({ kind, from: fromId, to: toId }));
}

/** What is said of a move, beside where to. */
export interface MoveFacts extends Stamp {
  readonly kind: MoveKind;
  /** What the channel named before. */
  readonly from: number | null;
  readonly reason: string | null;
}

/** Points a channel to where it goes, for the first time or anew, and keeps the move. Under the owner's lock. */
export async function setPointer(
  tx: Tx,
  { algorithmId, name, versionId, supportedUntil }: Pointer,
  { from, ...move }: MoveFacts,
): Promise<void> {
  const key = { algorithmId, name };
  const there = await tx.existsBy(ChannelRow, key);
  if (there) await tx.update(ChannelRow, key, { versionId, supportedUntil });
  else await tx.insert(ChannelRow, { ...key, versionId, supportedUntil });
  await tx.insert(ChannelMoveRow, { ...key, ...move, fromId: from, toId: versionId });
}

/** One page of the moves of each channel of some algorithms, newest first. */
export async function movesPage(
  tx: Tx,
  algorithmIds: readonly number[],
  names: readonly string[],
  page: Page,
): Promise<ChannelMoveRecord[]> {
  const marks = (values: readonly unknown[]): string => values.map(() => '?').join();
  const rows = await newestOf<RawMove>(
    tx,
    {
      table: 'channel_moves',
      of: ['algorithm_id', 'name'],
      columns: {
        algorithmId: 'algorithm_id',
        name: 'name',
        kind: 'kind',
        fromId: 'from_id',
        toId: 'to_id',
        at: 'at',
        byId: 'by_id',
        reason: 'reason',
      },
    },
    `algorithm_id IN (${marks(algorithmIds)}) AND name IN (${marks(names)})`,
    [...algorithmIds, ...names],
    page,
  );
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

interface RawMove extends Omit<ChannelMoveRow, 'id' | 'at'>, Numbered {
  readonly at: number | string;
}

/**
 * Whether a version has entered a channel: by a judgement, or freely while it had no gates. Either way it is not judged
 * for it again, and no policy takes it back: a later one governs later entries. Source: chapter 3, "Gates and
 * protection".
 */
export async function hasEntered(tx: Tx, versionId: number, channel: string): Promise<boolean> {
  return tx.existsBy(ChannelEntryRow, { versionId, channel });
}

export async function insertEntry(tx: Tx, entry: ChannelEntryRow): Promise<void> {
  await tx.insert(ChannelEntryRow, entry);
}

/** Those of some versions that have entered a channel. */
export async function enteredOf(
  tx: Tx,
  versionIds: readonly number[],
  channel: string,
): Promise<ReadonlySet<number>> {
  const rows = await tx.findBy(ChannelEntryRow, { versionId: In([...versionIds]), channel });
  return new Set(rows.map(({ versionId }) => versionId));
}

export async function insertEntries(tx: Tx, entries: readonly ChannelEntryRow[]): Promise<void> {
  if (entries.length > 0) await tx.insert(ChannelEntryRow, [...entries]);
}

/** The highest public release that has entered `stable`, see `PublicCatalog.channel`. */
async function highestEntered(tx: Tx, algorithmId: number): Promise<VersionRecord | null> {
  return highestPublic(tx, algorithmId)
    .innerJoin(ChannelEntryRow, 'e', 'e.version_id = v.id AND e.channel = :stable', { stable: STABLE })
    .andWhere('v.release_build_id IS NOT NULL')
    .getOne();
}

function highestPublic(tx: Tx, algorithmId: number) {
  return tx
    .createQueryBuilder(VersionRow, 'v')
    .where('v.algorithm_id = :algorithmId', { algorithmId })
    .andWhere("v.visibility = 'PUBLIC' AND v.state = 'PUBLISHED' AND v.yanked_at IS NULL")
    .orderBy('v.sort_key', 'DESC')
    .limit(1);
}

function pointer({ algorithmId, name, versionId, supportedUntil }: ChannelRow): Pointer {
  const until = supportedUntil === null ? null : Number(supportedUntil);
  return { algorithmId, name, versionId, supportedUntil: until };
}
