import type { FileJournal } from '../../calls';
import type { Families } from './families';

/** How much waits in the journal of calls, for how long, and how it goes to the database. */
export function journalFamilies(families: Families, journal: FileJournal): void {
  families.gauge(
    'algogate_journal_bytes',
    'Bytes of call records that the database has not yet.',
    () => journal.bytes,
  );
  families.gauge(
    'algogate_journal_records',
    'Call records of this process that the database has not yet.',
    () => journal.waiting,
  );
  families.gauge(
    'algogate_journal_age_seconds',
    'Age of the oldest record that waits for the database.',
    () => (journal.oldest === null ? 0 : (Date.now() - journal.oldest) / 1000),
  );
  families.counter(
    'algogate_journal_drained_records_total',
    'Call records that the database took, those of dead processes included.',
    () => journal.drained.records,
  );
  families.counter(
    'algogate_journal_drain_faults_total',
    'Attempts to bring call records to the database that failed.',
    () => journal.drained.faults,
  );
}
