import { type Audience, seesSource } from './audience';
import { deprecatedOf } from './deprecated';
import type { Statement, VersionLine } from './facts';

export const FORMS = ['full', 'abbreviated'] as const;
export type Form = (typeof FORMS)[number];

/** By what the versions of one document are said. */
export interface Telling {
  readonly form: Form;
  readonly audience: Audience;
  /** Newest first. */
  readonly statements: readonly Statement[];
  readonly openMajors: ReadonlySet<number>;
}

/**
 * One version in a document. The content of what was taken down is hidden from everyone. Visibility and state are said
 * where they are not the same for all.
 */
export function entryOf(line: VersionLine, telling: Telling): object {
  const standing =
    telling.audience.kind === 'everyone' ? {} : { visibility: line.visibility, state: line.state };
  if (line.state === 'TAKEN_DOWN') return { version: line.version, ...standing, taken_down: true };
  const deprecated = deprecatedOf(line, telling.statements);
  const yanked = line.yankedAt === null ? null : { reason: line.yankReason ?? '', at: time(line.yankedAt) };
  const head = { version: line.version, ...standing, sha: line.sha };
  if (telling.form === 'abbreviated') {
    return { ...head, artifact: artifactOf(line), deprecated, yanked };
  }
  return {
    ...head,
    released: time(line.publishedAt),
    stability: line.stability,
    // undefined, and so not there at all, where it was not read
    changelog: line.releaseNotes,
    compatibility: line.compatibility,
    artifact: artifactOf(line, telling),
    deprecated,
    yanked,
  };
}

function artifactOf({ artifactDigest, artifactUri, major }: VersionLine, telling?: Telling): object | null {
  if (artifactDigest === null) return null;
  if (telling === undefined) return { sha256: artifactDigest };
  const mayRead = seesSource(telling.audience, major, telling.openMajors);
  return { url: mayRead ? artifactUri : null, sha256: artifactDigest };
}

function time(at: number): string {
  return new Date(at).toISOString();
}
