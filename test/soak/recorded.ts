import { Database, type DatabaseTarget } from '../../src/database';

/** A call as it was recorded, by the names that dashboards have. */
export interface RecordedCall {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** `owner/name` */
  readonly algorithm: string;
  /** `1.2.3`; null where no version names the commit. */
  readonly version: string | null;
  readonly sha: string;
  readonly selector: string;
  readonly outcome: string;
  /** A handle. */
  readonly caller: string;
}

/** All of them, read past the server, each as often as it was recorded. */
export async function recordedCalls(target: DatabaseTarget): Promise<RecordedCall[]> {
  const database = await Database.open(target);
  try {
    const rows = await database.reads.query<Record<string, string>[]>(
      `SELECT c.request_id, c.started_at, p.handle, a.name, v.version, c.sha, c.selector, c.outcome, o.handle AS caller
         FROM calls c
         JOIN algorithms a ON a.id = c.algorithm_id JOIN owners p ON p.id = a.owner_id
         JOIN owners o ON o.id = c.caller_id LEFT JOIN versions v ON v.id = c.version_id`,
    );
    return rows.map((row) => ({
      requestId: row['request_id']!,
      start: Number(row['started_at']),
      algorithm: `${row['handle']}/${row['name']}`,
      version: row['version'] ?? null,
      sha: row['sha']!,
      selector: row['selector']!,
      outcome: row['outcome']!,
      caller: row['caller']!,
    }));
  } finally {
    await database.close();
  }
}
