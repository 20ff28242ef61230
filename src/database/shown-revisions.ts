/** Part of a WHERE, and what its question marks stand for. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly (number | string)[];
}

/**
 * That a row `r` of `artifact_revisions` is for the eyes of one without a role on its owner: a manifest of a major
 * with public versions pointed to it at some time, or a public version pins it. Of the majors that were granted to
 * whoever asks, so do all manifests and pins. Source: chapter 2, "Who sees what".
 * @param algorithmIds one at least
 * @param granted majors of all these algorithms
 */
export function shownRevisions(algorithmIds: readonly number[], granted: readonly number[]): Condition {
  const algorithms = algorithmIds.map(() => '?').join();
  // no major is below 0: an empty IN () is not SQL
  const majors = [-1, ...granted];
  const ofGranted = `major IN (${majors.map(() => '?').join()})`;
  // neither asks about one revision: each is answered once, however many revisions there are
  const pointed = `SELECT m.to_id FROM artifact_moves m
     WHERE m.algorithm_id IN (${algorithms}) AND m.to_id IS NOT NULL AND (m.${ofGranted} OR EXISTS (
       SELECT 1 FROM versions v WHERE v.algorithm_id = m.algorithm_id AND v.major = m.major
          AND v.visibility = 'PUBLIC' AND v.state IN ('PUBLISHED', 'TAKEN_DOWN')))`;
  const pinned = `SELECT p.revision_id FROM versions v JOIN version_artifacts p ON p.version_id = v.id
     WHERE v.algorithm_id IN (${algorithms}) AND v.state = 'PUBLISHED' AND (v.visibility = 'PUBLIC' OR v.${ofGranted})`;
  const parameters = [...algorithmIds, ...majors];
  return { sql: `(r.id IN (${pointed}) OR r.id IN (${pinned}))`, parameters: [...parameters, ...parameters] };
}
