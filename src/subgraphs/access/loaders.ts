import DataLoader from 'dataloader';

import type { Database } from '../../database';
import type { OwnerId } from '../../domain/principal';
import { type GraphContext, perRequest } from '../shared/context';
import { type LedgerFound, type LedgerRun, readRuns } from './ledger/store';
import type { GrantRecord, MemberRecord, OwnerRecord, PublisherRecord } from './records';
import { readMembers } from './store/members';
import { ownersById, ownersByKey } from './store/owners';
import { type MajorId, readGrants } from './store/permissions';
import { publishersOf } from './store/publishers';

/** A page of the members of an organisation; `after` is a handle in lower case. */
export interface MembersOf {
  readonly organizationId: OwnerId;
  readonly limit: number;
  readonly after: string | null;
}

/** What one request reads, each kind in one query whatever the number of entities that want it. */
export interface AccessLoaders {
  /** By handle in lower case. */
  readonly ownersByKey: DataLoader<string, OwnerRecord | null>;
  readonly ownersById: DataLoader<OwnerId, OwnerRecord | null>;
  readonly members: DataLoader<MembersOf, readonly MemberRecord[]>;
  readonly grants: DataLoader<MajorId, readonly GrantRecord[]>;
  readonly ledgers: DataLoader<LedgerRun, LedgerFound>;
  /** Trusted publishers, by the id of the algorithm. */
  readonly publishers: DataLoader<number, readonly PublisherRecord[]>;
}

/** They batch and remember nothing: the mutations of a request follow one another, and each is read after it. */
const BATCH_ONLY = { cache: false } as const;

export function accessLoaders(database: Database): (context: GraphContext) => AccessLoaders {
  return perRequest(() => ({
    ownersByKey: new DataLoader((keys) => byKeys(database, keys), BATCH_ONLY),
    ownersById: new DataLoader((ids) => byIds(database, ids), BATCH_ONLY),
    members: new DataLoader((pages) => memberPages(database, pages), BATCH_ONLY),
    grants: new DataLoader((majors) => grantsOf(database, majors), BATCH_ONLY),
    ledgers: new DataLoader((runs) => readRuns(database.reads, runs), BATCH_ONLY),
    publishers: new DataLoader((ids) => publishersOfAlgorithms(database, ids), BATCH_ONLY),
  }));
}

async function byKeys(database: Database, keys: readonly string[]): Promise<(OwnerRecord | null)[]> {
  const owners = await ownersByKey(database.reads, [...new Set(keys)]);
  const known = new Map(owners.map((owner) => [owner.handle.toLowerCase(), owner]));
  return keys.map((key) => known.get(key) ?? null);
}

async function byIds(database: Database, ids: readonly OwnerId[]): Promise<(OwnerRecord | null)[]> {
  const owners = await ownersById(database.reads, [...new Set(ids)]);
  const known = new Map(owners.map((owner) => [owner.id, owner]));
  return ids.map((id) => known.get(id) ?? null);
}

/** One query for each page that is asked for; the same page of many organisations is one. */
async function memberPages(database: Database, wanted: readonly MembersOf[]) {
  const pages = new Map<string, MembersOf[]>();
  for (const one of wanted) {
    const name = `${one.limit} ${one.after ?? ''}`;
    pages.set(name, [...(pages.get(name) ?? []), one]);
  }
  const found = new Map<MembersOf, readonly MemberRecord[]>();
  for (const page of pages.values()) {
    const [first] = page;
    if (first === undefined) continue;
    const ids = [...new Set(page.map(({ organizationId }) => organizationId))];
    const members = await readMembers(database.reads, ids, first);
    for (const one of page) found.set(one, members.get(one.organizationId) ?? []);
  }
  return wanted.map((one) => found.get(one) ?? []);
}

async function grantsOf(database: Database, majors: readonly MajorId[]) {
  const grants = await readGrants(database.reads, majors);
  return majors.map(({ algorithmId, major }) =>
    grants.filter((grant) => grant.algorithmId === algorithmId && grant.major === major),
  );
}

async function publishersOfAlgorithms(database: Database, algorithmIds: readonly number[]) {
  const publishers = await publishersOf(database.reads, algorithmIds);
  return algorithmIds.map((id) => publishers.filter(({ algorithmId }) => algorithmId === id));
}
