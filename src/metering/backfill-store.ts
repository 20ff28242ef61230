import { LegacyCallRecordRow } from '../../entities';
import type { Dialect, Tx } from '../database';
import type { CallRecord } from '../domain/usage/call';

/** Whether there are any. */
export async function hasOfBefore(tx: Tx): Promise<boolean> {
  return (await tx.query<unknown[]>('SELECT 1 FROM call_records LIMIT 1')).length > 0;
}

/** The oldest records of the table that they were written to before there were rollups, locked. */
export async function oldestOfBefore(tx: Tx, dialect: Dialect, limit: number): Promise<CallRecord[]> {
  const query = tx
    .createQueryBuilder(LegacyCallRecordRow, 'record')
    .orderBy('record.startedAt')
    .addOrderBy('record.requestId')
    .limit(limit);
  const rows = await (dialect === 'mysql' ? query.setLock('pessimistic_write') : query).getMany();
  return rows.map(recordOf);
}

/** Deletes these records there: by name, as a replica that writes to that table may add to it meanwhile. */
export async function deleteOfBefore(tx: Tx, records: readonly CallRecord[]): Promise<void> {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) return;
  await tx
    .createQueryBuilder()
    .delete()
    .from(LegacyCallRecordRow)
    .where('started_at BETWEEN :first AND :last', { first: first.start, last: last.start })
    .andWhere('request_id IN (:...ids)', { ids: records.map(({ requestId }) => requestId) })
    .execute();
}

function recordOf(row: LegacyCallRecordRow): CallRecord {
  return {
    requestId: row.requestId,
    start: Number(row.startedAt),
    durationMs: row.durationMs,
    backendMs: row.backendMs ?? 0,
    principal: row.callerId === null ? 'operator' : `owner:${row.callerId}`,
    keyId: row.keyId,
    calledFor: row.calledForId,
    reference: row.reference,
    selectorKind: row.selector,
    algorithmId: row.algorithmId,
    versionId: row.versionId,
    buildId: null,
    sha: row.sha,
    position: row.position,
    outcome: row.outcome,
    bytesIn: Number(row.bytesIn),
    bytesOut: Number(row.bytesOut),
    artifacts: row.artifacts,
  };
}
