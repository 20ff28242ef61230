import DataLoader from 'dataloader';

import type { Database } from '../../database';
import { type GraphContext, perRequest } from '../shared/context';
import { type ArtifactLoaders, artifactLoaders } from './artifacts/loaders';
import { type ChannelLoaders, channelLoaders } from './channels/loaders';
import { type DeprecationLoaders, deprecationLoaders } from './deprecations/loaders';
import { type GateLoaders, gateLoaders } from './gates/loaders';
import { type JudgementLoaders, judgementLoaders } from './interfaces/judgement-loaders';
import { type TrustLoaders, trustLoaders } from './trust/loaders';
import type { AlgorithmRecord, BuildRecord, OwnerRecord, VersionRecord } from './records';
import { algorithmsById, buildsById, ownersById, ownersByKey, versionsById } from './store';

/** Rows that one request asks for, one query for each kind however many they are. */
export interface RegistryLoaders
  extends ArtifactLoaders, ChannelLoaders, DeprecationLoaders, GateLoaders, JudgementLoaders, TrustLoaders {
  readonly ownerById: DataLoader<number, OwnerRecord>;
  /** By lower-case handle; null where there is none. */
  readonly ownerByKey: DataLoader<string, OwnerRecord | null>;
  readonly algorithmById: DataLoader<number, AlgorithmRecord>;
  readonly versionById: DataLoader<number, VersionRecord>;
  readonly buildById: DataLoader<number, BuildRecord>;
}

export function registryLoaders({ reads }: Database): (context: GraphContext) => RegistryLoaders {
  return perRequest(() => ({
    ownerById: byId((ids) => ownersById(reads, ids)),
    ownerByKey: new DataLoader(async (keys) => {
      const found = new Map(
        (await ownersByKey(reads, keys)).map((owner) => [owner.handle.toLowerCase(), owner]),
      );
      return keys.map((key) => found.get(key) ?? null);
    }),
    algorithmById: byId((ids) => algorithmsById(reads, ids)),
    versionById: byId((ids) => versionsById(reads, ids)),
    buildById: byId((ids) => buildsById(reads, ids)),
    ...artifactLoaders(reads),
    ...channelLoaders(reads),
    ...deprecationLoaders(reads),
    ...gateLoaders(reads),
    ...judgementLoaders(reads),
    ...trustLoaders(reads),
  }));
}

/** Ids come from rows and the index, so each has its row: nothing is ever deleted. */
function byId<R extends { readonly id: number }>(read: (ids: readonly number[]) => Promise<R[]>) {
  return new DataLoader<number, R>(async (ids) => {
    const rows = new Map((await read(ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id) ?? new Error(`row ${id} is missing`));
  });
}
