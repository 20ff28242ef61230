import { bulkInsert, type BulkValue, type Database } from '../database';
import type { CallRecord, RecordSink } from './journal/journal';

const ROWS_AT_ONCE = 250;
const OWNER = 'owner:';

const COLUMNS = [
  'started_at',
  'request_id',
  'duration_ms',
  'backend_ms',
  'caller_id',
  'key_id',
  'called_for_id',
  'reference',
  'selector',
  'algorithm_id',
  'version_id',
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
    record.start,
    record.requestId,
    record.durationMs,
    record.backendMs,
    callerId(record.principal),
    record.keyId,
    record.calledFor,
    record.reference,
    record.selectorKind,
    record.algorithmId,
    record.versionId,
    record.sha,
    record.position,
    record.outcome,
    record.bytesIn,
    record.bytesOut,
    record.artifacts,
  ];
}

const insertRecords = bulkInsert({
  table: 'call_records',
  columns: COLUMNS,
  key: ['started_at', 'request_id'],
});

/** Records of calls into the database. One that is there already, by its request id, stays as it is. */
export function recordSink(database: Database): RecordSink {
  return (records) =>
    database.write(async (tx) => {
      for (let from = 0; from < records.length; from += ROWS_AT_ONCE) {
        await insertRecords(tx, records.slice(from, from + ROWS_AT_ONCE).map(valuesOf));
        // SQLite answers at once: without a pause, calls would wait for the whole batch
        await new Promise(setImmediate);
      }
    });
}

/** `owner:12` is the owner with the id 12; the operator is none. */
function callerId(principal: string): number | null {
  return principal.startsWith(OWNER) ? Number(principal.slice(OWNER.length)) : null;
}
