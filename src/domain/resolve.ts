import type { AlgorithmCatalog, PublicCatalog, PublicVersion } from './catalog';
import type { BuildFacts, VersionFacts } from './facts';
import {
  type CallerIndependentSelector,
  isCallerIndependent,
  type Reference,
  type Selector,
  type ShaSelector,
} from './reference';
import type { SelectorKind } from './terms';

/** What a selector names. Who asks has no part in it: whether they may have it is decided afterwards. */
export interface Resolved {
  readonly kind: SelectorKind;
  /** Null for the SHA of a build that is not published. */
  readonly version: VersionFacts | null;
  readonly build: BuildFacts;
  /** Which rule chose it, in one sentence. */
  readonly rule: string;
  /** True when private state had a part: a private version, or a build that is not published. */
  readonly privateState: boolean;
}

/**
 * Resolves a selector: a function of the catalogue and the selector alone. Source: chapter 1, rule 2.
 * @returns null when nothing matches
 */
export function resolve(catalog: AlgorithmCatalog, selector: Selector): Resolved | null {
  switch (selector.kind) {
    case 'LATEST':
    case 'PARTIAL':
    case 'RANGE':
    case 'CHANNEL':
      return resolvedVersion(selector, resolvePublic(catalog.public, selector));
    case 'FULL':
      return resolvedVersion(selector, catalog.full(selector.version.key));
    case 'LATEST_PRIVATE':
      return resolvedVersion(selector, catalog.latestPrivate());
    case 'SHA':
      return resolveSha(catalog, selector);
  }
}

/** The heart: a caller-independent selector sees public versions only, and has nothing else to look at. */
export function resolvePublic(
  catalog: PublicCatalog,
  selector: CallerIndependentSelector,
): PublicVersion | null {
  switch (selector.kind) {
    case 'LATEST':
      return catalog.latest() ?? null;
    case 'PARTIAL':
      return catalog.latestOf(selector.major, selector.minor) ?? null;
    case 'RANGE':
      return catalog.highestIn(selector.range);
    case 'CHANNEL':
      return catalog.channel(selector.name) ?? null;
  }
}

/** The selector of a resolution's canonical form: the version as it was published, or else the SHA. */
export function canonicalSelector({ version, build }: Resolved): string {
  return version?.version ?? build.sha;
}

/** The one message of every NOT_FOUND for `reference`, whatever it was that was not found. Chapter 1, "Errors". */
export function notFoundMessage({ owner, name, selector }: Reference): string {
  return isCallerIndependent(selector)
    ? `no public version of ${owner}/${name} matches ${selector.text === '' ? 'latest' : selector.text}`
    : `algorithm algo://${owner}/${name}/${selector.text} not found`;
}

function resolvedVersion(
  selector: Exclude<Selector, ShaSelector>,
  version: VersionFacts | null,
): Resolved | null {
  if (version === null) return null;
  return {
    kind: selector.kind,
    version,
    build: version.build,
    rule: ruleOf(selector),
    privateState: version.visibility === 'PRIVATE',
  };
}

function resolveSha(catalog: AlgorithmCatalog, { kind, sha }: ShaSelector): Resolved | null {
  const build = catalog.build(sha);
  if (build === null) return null;
  const version = catalog.versionNamedBy(sha);
  return {
    kind,
    version,
    build,
    rule:
      version === null
        ? 'The successful build of this commit, which is not published.'
        : `The successful build of this commit, published as ${version.version}.`,
    privateState: version?.visibility !== 'PUBLIC',
  };
}

function ruleOf(selector: Exclude<Selector, ShaSelector>): string {
  switch (selector.kind) {
    case 'LATEST':
      return 'The highest public release.';
    case 'PARTIAL':
      return `The highest public release of ${lineOf(selector.major, selector.minor)}.`;
    case 'RANGE':
      return `The highest public version in the range ${selector.text}.`;
    case 'CHANNEL':
      return `The public version that the channel ${selector.name} points to.`;
    case 'FULL':
      return 'Exactly this version.';
    case 'LATEST_PRIVATE':
      return 'The highest private version, prereleases included.';
  }
}

function lineOf(major: number, minor: number | undefined): string {
  return minor === undefined ? `${major}` : `${major}.${minor}`;
}
