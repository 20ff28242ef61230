import type { CallRecord } from '../../domain/usage/call';

/** Where calls are recorded before their answers leave. */
export interface Journal {
  /** False when it is full or cannot be written: calls are refused rather than unmetered. */
  admitting(): boolean;
  /**
   * Notes that a call is under way whose caller has its answer before the end: should this process die first,
   * `record` is what is left of it. Resolves when it would survive that.
   * @param record as it counts without an end; the call's own record, when it is appended, takes its place
   */
  begin(record: CallRecord): Promise<void>;
  /** Resolves when the record would survive the death of this process. */
  append(record: CallRecord): Promise<void>;
}
