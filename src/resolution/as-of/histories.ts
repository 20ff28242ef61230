import { LRUCache } from 'lru-cache';

import type { Database } from '../../database';
import type { OwnerId } from '../../domain/principal';
import { type HistoryEntry, readHistory, readHistoryBetween, type Sequences } from '../../ledger';
import { eventsOf, PAST_ACTIONS, type PastEvent } from './events';

/** What happened to one algorithm, of one chain. It only ever grows: entries of the ledger do not change. */
export interface History {
  /** Null for an algorithm that does not exist. */
  readonly subject: string | null;
  /** How far the chain of the owner was read. */
  readonly readTo: number;
  /** In the order of the chain. */
  readonly events: readonly PastEvent[];
}

/** Of which algorithm a history is wanted, and how far at least. */
export interface Wanted {
  /** `owner/name`, lower case. */
  readonly key: string;
  /** 0 for an owner that does not exist. */
  readonly ownerId: OwnerId;
  /** `Owner/Name` in the spelling of its creation; null for an algorithm that does not exist. */
  readonly subject: string | null;
  readonly chain: keyof Sequences;
  readonly at: number;
  /** How far the chain has come, as far as is known, and no less than `at`: so much is read. */
  readonly head: number;
}

/** What a history takes beside its events, in events: that of an algorithm that does not exist has nothing else. */
const EMPTY_WEIGHT = 4;

/** Entries of other algorithms that are passed over rather than to read a history anew. */
const MAX_PASSED_OVER = 1000;

/**
 * The histories of the algorithms that are asked for as of a moment, in memory up to a bound, and brought up to date
 * where that does not reach. An algorithm that does not exist costs the same queries as one that does.
 */
export class Histories {
  private readonly known: LRUCache<string, History>;
  /** Reads under way: whoever wants the same waits for them. */
  private readonly reads = new Map<string, Promise<History>>();

  /** @param maxEvents how many events, of all histories together, are kept; one that is over the bound is kept alone */
  constructor(
    private readonly database: Database,
    maxEvents: number,
  ) {
    this.known = new LRUCache<string, History>({
      maxSize: maxEvents,
      sizeCalculation: ({ events }) => Math.min(EMPTY_WEIGHT + events.length, maxEvents),
    });
  }

  async find(wanted: Wanted): Promise<History> {
    const key = `${wanted.key}/${wanted.chain}`;
    for (;;) {
      const known = this.known.get(key);
      const own = known?.subject === wanted.subject ? known : undefined;
      if (own !== undefined && own.readTo >= wanted.at) return own;
      const history = await (this.reads.get(key) ?? this.begin(key, wanted, own));
      // one that another began may not have read as far
      if (history.subject === wanted.subject && history.readTo >= wanted.at) return history;
    }
  }

  private begin(key: string, wanted: Wanted, known: History | undefined): Promise<History> {
    const read = this.read(wanted, known)
      .then((history) => {
        this.known.set(key, history);
        return history;
      })
      .finally(() => this.reads.delete(key));
    this.reads.set(key, read);
    return read;
  }

  private async read(
    { ownerId, chain, subject, head }: Wanted,
    known: History | undefined,
  ): Promise<History> {
    const tx = this.database.reads;
    const of = {
      ownerId: subject === null ? 0 : ownerId,
      chain,
      subject: subject ?? '',
      actions: PAST_ACTIONS,
    };
    if (known !== undefined && head - known.readTo <= MAX_PASSED_OVER + known.events.length) {
      const entries = await readHistoryBetween(tx, of, known.readTo, head);
      return { subject, readTo: head, events: known.events.concat(eventsIn(entries)) };
    }
    return { subject, readTo: head, events: eventsIn(await readHistory(tx, of, head)) };
  }
}

function eventsIn(entries: readonly HistoryEntry[]): PastEvent[] {
  return entries.toSorted((a, b) => a.sequence - b.sequence).flatMap(eventsOf);
}
