import type { BuildStatus, VersionState, Visibility } from './terms';

/** What resolution and the call path need to know of a build. */
export interface BuildFacts {
  readonly id: number;
  /** 40 lower-case hex digits. */
  readonly sha: string;
  readonly status: BuildStatus;
  /** Where it runs; null where the build failed or was registered without an address. */
  readonly backendUrl: string | null;
  /** It came with an interface, which the call path reads when it is called. */
  readonly hasInterface: boolean;
}

/** What resolution and the call path need to know of a version. */
export interface VersionFacts {
  readonly id: number;
  /** As published, build metadata included: `1.2.3-beta.1+exp`. */
  readonly version: string;
  /** `versionKey` of it: compares, as a string, in the order of SemVer precedence. Build metadata is not in it. */
  readonly key: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: boolean;
  readonly visibility: Visibility;
  readonly state: VersionState;
  readonly yanked: boolean;
  /** It has entered the channel `stable`, whether or not it can be named by it now. */
  readonly stable: boolean;
  readonly build: BuildFacts;
}
