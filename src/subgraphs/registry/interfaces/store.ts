import { In } from 'typeorm';

import { BuildRow, InterfaceReportRow, VersionRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { InterfaceReport } from '../../../domain/interface';
import { keysUnder } from '../../../domain/interval';
import type { Visibility } from '../../../domain/terms';
import { keptVersion, majorKey, type SemVer } from '../../../domain/version';
import { reportJson } from './report-json';

/** A version with the interface that its build carries; null: none. */
export interface InterfaceOf {
  readonly version: SemVer;
  readonly interface: string | null;
}

/** Which releases a version may be compared with. */
export interface ComparedWith {
  /** PUBLIC: with the public ones alone, since a report must not describe a private one. */
  readonly audience: Visibility;
  /** With all releases below it in its major, rather than with the highest. */
  readonly transitive: boolean;
}

/**
 * The published releases below a version that its interface may be compared with, yanked ones included: those of its
 * major, where it is transitive, else the highest; and where its major has none, the highest there is.
 */
export async function releasesBelow(
  tx: Tx,
  algorithmId: number,
  { major, key }: SemVer,
  { audience, transitive }: ComparedWith,
): Promise<InterfaceOf[]> {
  const below = () =>
    publishedReleases(tx, algorithmId, audience)
      .andWhere('v.sort_key < :key', { key })
      .orderBy('v.sort_key', 'DESC');
  if (transitive) {
    const ofMajor = await read(below().andWhere('v.sort_key >= :low', keysUnder(majorKey(major))));
    if (ofMajor.length > 0) return ofMajor;
  }
  return read(below().limit(1));
}

/** The public releases that versions of a major may be compared with: its own, and the highest below it. */
export async function publicReleasesFor(tx: Tx, algorithmId: number, major: number): Promise<InterfaceOf[]> {
  const { low, high } = keysUnder(majorKey(major));
  const releases = () => publishedReleases(tx, algorithmId, 'PUBLIC');
  const ofMajor = await read(releases().andWhere('v.sort_key >= :low AND v.sort_key < :high', { low, high }));
  const before = releases().andWhere('v.sort_key < :low', { low }).orderBy('v.sort_key', 'DESC').limit(1);
  return [...ofMajor, ...(await read(before))];
}

/** A report as it is kept with a version. */
export interface KeptReport extends InterfaceReport {
  /** Whether it was made against a release of another major. */
  readonly acrossMajors: boolean;
}

/** A report as it was judged: of a publication in private, or of one that made the version public. */
export interface NewReport {
  readonly versionId: number;
  readonly audience: Visibility;
  readonly report: KeptReport;
}

/** A report may be as large as a text can be: so many at a time stay below what a server takes in one packet. */
const REPORTS_AT_A_TIME = 50;

export async function insertReports(tx: Tx, reports: readonly NewReport[], at: number): Promise<void> {
  const rows = reports.map(({ versionId, audience, report }) => ({
    versionId,
    audience,
    reportJson: reportJson(report),
    at,
  }));
  for (let from = 0; from < rows.length; from += REPORTS_AT_A_TIME) {
    await tx.insert(InterfaceReportRow, rows.slice(from, from + REPORTS_AT_A_TIME));
  }
}

/** The report of a version for one audience. */
export interface ReportKey {
  readonly versionId: number;
  readonly audience: Visibility;
}

/** The reports of several versions, in the order in which they were asked for; null where there is none. */
export async function reportsOf(tx: Tx, keys: readonly ReportKey[]): Promise<(KeptReport | null)[]> {
  const rows = await tx.findBy(InterfaceReportRow, {
    versionId: In([...new Set(keys.map(({ versionId }) => versionId))]),
    audience: In([...new Set(keys.map(({ audience }) => audience))]),
  });
  const found = new Map(rows.map((row) => [keyText(row), row.reportJson]));
  return keys.map((key) => {
    const json = found.get(keyText(key));
    return json === undefined ? null : (JSON.parse(json) as KeptReport);
  });
}

export function keyText({ versionId, audience }: ReportKey): string {
  return `${versionId} ${audience}`;
}

function publishedReleases(tx: Tx, algorithmId: number, audience: Visibility) {
  const query = tx
    .createQueryBuilder(VersionRow, 'v')
    .innerJoin(BuildRow, 'b', 'b.id = v.build_id')
    .select(['v.version AS `version`', 'b.interface AS `interface`'])
    .where("v.algorithm_id = :algorithmId AND v.release_build_id IS NOT NULL AND v.state = 'PUBLISHED'", {
      algorithmId,
    });
  return audience === 'PUBLIC' ? query.andWhere("v.visibility = 'PUBLIC'") : query;
}

async function read(query: ReturnType<typeof publishedReleases>): Promise<InterfaceOf[]> {
  const rows = await query.getRawMany<{ version: string; interface: string | null }>();
  return rows.map(({ version, interface: sdl }) => ({ version: keptVersion(version), interface: sdl }));
}
