import type { BuildFacts, VersionFacts } from './facts';

/** The builds of one algorithm by their SHA, and which versions carry each. */
export class BuildIndex {
  private readonly builds = new Map<string, BuildFacts>();
  /** Nearly every build carries one version at the most; an array is for the few that carry more. */
  private readonly carriers = new Map<string, VersionFacts | VersionFacts[]>();

  /** How many builds carry no version. */
  get unpublished(): number {
    return this.builds.size - this.carriers.size;
  }

  putBuild(build: BuildFacts): void {
    this.builds.set(build.sha, build);
  }

  /** Inserts a version under its build, or replaces the one with its key. */
  putVersion(version: VersionFacts): void {
    const { build } = version;
    this.putBuild(build);
    const others = this.versionsOf(build.sha).filter(({ key }) => key !== version.key);
    this.carriers.set(build.sha, others.length === 0 ? version : [...others, version]);
  }

  succeeded(sha: string): BuildFacts | undefined {
    const build = this.builds.get(sha);
    return build?.status === 'SUCCEEDED' ? build : undefined;
  }

  /**
   * The version that a SHA names: of those that carry the build the highest public one, else the highest private
   * one; in each case those taken down come last. Public ones go first whatever their state, so that a private
   * version on the same build changes nothing that an outsider sees. Yanked versions count like others. Pending and
   * rejected ones are not published: a build with no others names no version.
   */
  versionNamedBy(sha: string): VersionFacts | null {
    let best: VersionFacts | null = null;
    for (const version of this.versionsOf(sha)) {
      if (isPublishedOrTakenDown(version) && (best === null || isBetterName(version, best))) best = version;
    }
    return best;
  }

  private versionsOf(sha: string): readonly VersionFacts[] {
    const carriers = this.carriers.get(sha);
    if (carriers === undefined) return [];
    return Array.isArray(carriers) ? carriers : [carriers];
  }
}

/** False for what waits for its approval, or did not get it. */
export function isPublishedOrTakenDown({ state }: VersionFacts): boolean {
  return state === 'PUBLISHED' || state === 'TAKEN_DOWN';
}

function isBetterName(a: VersionFacts, b: VersionFacts): boolean {
  const difference = rank(a) - rank(b);
  return difference === 0 ? a.key > b.key : difference > 0;
}

function rank({ visibility, state }: VersionFacts): number {
  return (visibility === 'PUBLIC' ? 2 : 0) + (state === 'PUBLISHED' ? 1 : 0);
}
