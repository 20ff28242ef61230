import { type Chain, type Entry, entryHash } from '../entry';
import { type Fault, placeOf } from './fault';

/** An entry as it is stored, whatever was done to it. */
export type StoredEntry = Omit<Entry, 'chain'> & { readonly chain: string };

/** How far an entry that was put elsewhere is looked for in its chain. */
const REORDERED_WITHIN = 100;
/** Of so many in a chain it is looked for: where all hashes are wrong, entries were not moved about. */
const REORDERED_MOST = 100;

/**
 * One chain, entry by entry in the order of its sequence: it needs no memory of more than the last. Source: chapter 7,
 * "The ledger".
 */
export class ChainCheck {
  private last: StoredEntry | null = null;
  private lastIsMoved = false;
  private looked = 0;

  /** @param owner the handle, which hashes cover */
  constructor(
    private readonly owner: string,
    private readonly chain: string,
  ) {}

  /** The last that was looked at; null before the first. */
  get end(): StoredEntry | null {
    return this.last;
  }

  /** What is wrong with the next entry. */
  *next(entry: StoredEntry): Generator<Fault> {
    const before = this.last;
    this.last = entry;
    const { sequence } = entry;
    if (!Number.isSafeInteger(sequence) || sequence < 1) {
      yield this.fault(entry, 'its sequence is no number of an entry');
      return;
    }
    const expected = (before?.sequence ?? 0) + 1;
    if (sequence > expected) {
      yield { where: placeOf(this.owner, this.chain, expected, sequence - 1), what: 'missing' };
    }
    const place = this.placeOf(entry);
    if (place === null) yield this.fault(entry, 'its hash is not that of what it says');
    else if (place !== sequence) yield this.fault(entry, `reordered: it was entry ${place}`);
    // what was moved about fits to nothing beside it: that says no more
    const isBesideMoved = this.lastIsMoved || (place !== null && place !== sequence);
    this.lastIsMoved = place !== null && place !== sequence;
    if (!isBesideMoved) yield* this.faultsBetween(before, entry, expected);
  }

  private *faultsBetween(before: StoredEntry | null, entry: StoredEntry, expected: number): Generator<Fault> {
    if (entry.sequence === expected && entry.previousHash !== (before?.hash ?? null)) {
      const what = before === null ? 'that of nothing' : `that of entry ${before.sequence}`;
      yield this.fault(entry, `its previous hash is not ${what}`);
    }
    if (before !== null && !(entry.at > before.at)) {
      yield this.fault(entry, `its time is not after that of entry ${before.sequence}`);
    }
  }

  /** Under which sequence its hash is right: its own, or one nearby; null where there is none. */
  private placeOf(entry: StoredEntry): number | null {
    return hashOf(entry, this.owner) === entry.hash ? entry.sequence : this.placeBefore(entry);
  }

  private placeBefore(entry: StoredEntry): number | null {
    this.looked += 1;
    if (this.looked > REORDERED_MOST) return null;
    for (let distance = 1; distance <= REORDERED_WITHIN; distance += 1) {
      for (const sequence of [entry.sequence - distance, entry.sequence + distance]) {
        if (sequence > 0 && hashOf({ ...entry, sequence }, this.owner) === entry.hash) return sequence;
      }
    }
    return null;
  }

  private fault({ sequence }: StoredEntry, what: string): Fault {
    return { where: placeOf(this.owner, this.chain, sequence), what };
  }
}

/** Null for what cannot have one: a time that is no number, say. */
function hashOf(entry: StoredEntry, owner: string): string | null {
  if (!Number.isSafeInteger(entry.at)) return null;
  return entryHash({ ...entry, chain: entry.chain as Chain }, owner);
}
