/** The digests of one subject of a statement, by their algorithms: `sha256`, `gitCommit`, … */
export type StatementSubject = ReadonlyMap<string, string>;

/** What a build is known by. */
export interface BuildDigests {
  /** 40 lower-case hex digits. */
  readonly sha: string;
  /** SHA-256 of its artifact, in lower-case hex; null where it has none. */
  readonly artifactDigest: string | null;
}

/**
 * Whether a statement is about a build: one of its subjects has the `sha256` of the build's artifact or, of a build
 * without one, its commit as `gitCommit`. A subject that names both must have both right. Nothing else counts: a
 * commit says what an artifact was made from, not what it is.
 * Source: chapter 7, "Attestations"; in-toto, spec/v1/digest_set.md.
 */
export function isAboutBuild(subjects: readonly StatementSubject[], build: BuildDigests): boolean {
  return subjects.some((subject) => {
    const commit = subject.get('gitCommit')?.toLowerCase();
    if (build.artifactDigest === null) return commit === build.sha;
    const isArtifact = subject.get('sha256')?.toLowerCase() === build.artifactDigest;
    return isArtifact && (commit === undefined || commit === build.sha);
  });
}

/** What a statement about a build has as a digest, for messages. */
export function digestWanted({ sha, artifactDigest }: BuildDigests): string {
  return artifactDigest === null ? `gitCommit ${sha}` : `sha256 ${artifactDigest}`;
}
