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

/** A revision of an artifact that holds for a version. */
export interface ArtifactFacts {
  readonly name: string;
  readonly revision: string;
}

/** That some versions are not to be used any more, as its owner said it. Times are epoch milliseconds. */
export interface DeprecationNotice {
  /** Of its row, in which its migration guide is. */
  readonly id: number;
  /** A version, a partial, or a range. */
  readonly selector: string;
  /** Empty: what was said before of these versions is taken back. */
  readonly message: string;
  readonly replacement: string | null;
  readonly removalAt: number | null;
  readonly since: number;
}

/** What the owner of an algorithm says of its releases beside the versions themselves. */
export interface ReleaseControl {
  /** Whether JSON input of calls is checked against the interface. */
  readonly checksInput: boolean;
  /** The channels that are moved by their owner: the version key that each points to, null for nowhere. */
  readonly pointers: ReadonlyMap<string, string | null>;
  /** Newest first. */
  readonly deprecations: readonly DeprecationNotice[];
  /** Of each major, which revision of each artifact holds. */
  readonly manifests: ReadonlyMap<number, readonly ArtifactFacts[]>;
  /** By the id of the version: what it pins, whatever the manifest says. */
  readonly pins: ReadonlyMap<number, readonly ArtifactFacts[]>;
}

/** Of an algorithm of which nothing was said. */
export const NO_RELEASE_CONTROL: ReleaseControl = {
  checksInput: true,
  pointers: new Map(),
  deprecations: [],
  manifests: new Map(),
  pins: new Map(),
};

/** One algorithm as resolution and authorisation need it. */
export interface AlgorithmView {
  readonly id: number;
  readonly name: string;
  /** Lower case, as it is looked up. */
  readonly ownerKey: string;
  readonly nameKey: string;
  readonly owner: OwnerView;
  readonly catalog: AlgorithmCatalog;
  /** As it is now, where `catalog` is that of a past moment. */
  readonly today?: AlgorithmCatalog;
  readonly standing: Standing;
  readonly release: ReleaseControl;
}

export function guarded(view: AlgorithmView, version: VersionFacts): GuardedVersion {
  return {
    version,
    permissions: view.standing.permissions.get(version.major) ?? DEFAULT_PERMISSIONS,
    grants: view.standing.grants.get(version.major) ?? NO_GRANTS,
  };
}
