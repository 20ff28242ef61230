import { bulkFind, bulkInsert, type BulkValue, type Tx } from '../database';
import { type CallRecord, callerIdOf, OPERATOR_CALLER } from '../domain/usage/call';

const COLUMNS = [
  'algorithm_id',
  'started_at',
  'request_id',
  'duration_ms',
  'backend_ms',
  'caller_id',
  'key_id',
  'called_for_id',
  'reference',
  'selector',
  'version_id',
  'build_id',
  'sha',
  'position',
  'outcome',
  'bytes_in',
  'bytes_out',
  'artifacts',
];

/** What of a record goes into each of `COLUMNS`. Written out, as it is done for every call. */
function valuesOf(record: CallRecord): BulkValue[] {
  return [
    record.algorithmId,
    record.start,
    record.requestId,
    record.durationMs,
    record.backendMs,
    callerIdOf(record.principal) ?? OPERATOR_CALLER,
    record.keyId,
    record.calledFor,
    record.reference,
    record.selectorKind,
    record.versionId,
    record.buildId,
    record.sha,
    record.position,
    record.outcome,
    record.bytesIn,
    record.bytesOut,
    record.artifacts,
  ];
}

/** Records of calls into the database. @throws where one of them is there already: see `isDuplicate` */
export const insertRecords = bulkInsert({ table: 'calls', columns: COLUMNS, values: valuesOf });

const findRecords = bulkFind({
  table: 'calls',
  columns: ['request_id'],
  key: { algorithm_id: 'number', started_at: 'number', request_id: 'text' },
});

/** The request ids of those records that are in the database. */
export async function recordedIds(tx: Tx, records: readonly CallRecord[]): Promise<Set<string>> {
  const keys = records.map(({ algorithmId, start, requestId }) => [algorithmId, start, requestId]);
  return new Set((await findRecords(tx, keys)).map((row) => String(row['request_id'])));
}
