import type { AlgorithmCatalog } from '../domain/catalog';
import {
  type Grants,
  type GuardedVersion,
  type MajorPermissions,
  DEFAULT_PERMISSIONS,
  NO_GRANTS,
} from '../domain/permissions';
import type { VersionFacts } from '../domain/facts';
import type { OwnerId } from '../domain/principal';

/** An owner as the index knows it: where its chains stood when what is in memory was read. */
export interface OwnerView {
  readonly id: OwnerId;
  readonly handle: string;
  readonly publicSequence: number;
  readonly privateSequence: number;
}

/** What authorisation needs of an algorithm: whether outsiders know of it, and the permissions of its majors. */
export interface Standing {
  /** It has, or had, a public version. */
  readonly listed: boolean;
  readonly permissions: ReadonlyMap<number, MajorPermissions>;
  readonly grants: ReadonlyMap<number, Grants>;
}

/** One algorithm as resolution and authorisation need it. */
export interface AlgorithmView {
  readonly id: number;
  readonly name: string;
  /** Lower case, as it is looked up. */
  readonly ownerKey: string;
  readonly nameKey: string;
  readonly owner: OwnerView;
  readonly catalog: AlgorithmCatalog;
  readonly standing: Standing;
}

export function guarded(view: AlgorithmView, version: VersionFacts): GuardedVersion {
  return {
    version,
    permissions: view.standing.permissions.get(version.major) ?? DEFAULT_PERMISSIONS,
    grants: view.standing.grants.get(version.major) ?? NO_GRANTS,
  };
}
