import type { CallRecord } from '../../domain/usage/call';
import { encodeBegun } from './record';

/** Calls whose callers have their answers before the end: each leaves a record, whatever becomes of it. */
export class UnderWay {
  /** What is left of each where its end is never heard of, by request id. */
  private readonly begun = new Map<string, CallRecord>();
  /** Those whose end is being written. */
  private readonly ending = new Set<string>();

  get isEmpty(): boolean {
    return this.begun.size === 0;
  }

  /** Those whose end is not known yet. */
  get open(): CallRecord[] {
    return [...this.begun.values()].filter(({ requestId }) => !this.ending.has(requestId));
  }

  /** As lines of a journal. */
  get lines(): Buffer {
    return Buffer.from(this.isEmpty ? '' : [...this.begun.values()].map(encodeBegun).join(''));
  }

  begin(record: CallRecord): void {
    this.begun.set(record.requestId, record);
  }

  /** It stays under way until its end is in the journal. */
  end({ requestId }: CallRecord): void {
    if (this.begun.has(requestId)) this.ending.add(requestId);
  }

  /** @returns those of `records` that were under way, and are not any more */
  leave(records: readonly CallRecord[]): CallRecord[] {
    if (this.isEmpty) return [];
    return records.filter(({ requestId }) => {
      this.ending.delete(requestId);
      return this.begun.delete(requestId);
    });
  }
}
