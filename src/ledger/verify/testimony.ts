import type { Tx } from '../../database';
import { nameKey } from '../../domain/name';
import { CHAINS } from '../entry';
import { type Fault, placeOf } from './fault';
import { type FoundHash, readEnd, readHashes } from './store';
import type { Witness } from './witness';

/** A witness, and where it speaks: `heads.ndjson:12`. */
export interface Placed {
  readonly witness: Witness;
  readonly from: string;
}

const AT_ONCE = 200;

/** What the witnesses of one file say against one chain: the first entry that is another, the last that is missing. */
interface Against {
  forked: (Placed & { readonly hash: string }) | null;
  forks: number;
  cut: Placed | null;
}

/**
 * Holds the ledger to what others saw of it: each must find the entry that it names, with the hash that it names. Of a
 * chain that is not what it was, one fault is told for a file, however many lines of it say so.
 */
export class Testimonies {
  private readonly against = new Map<string, Against>();
  private waiting: Placed[] = [];
  private held = 0;

  /** @param now reads what was committed since `tx` began: a witness may have seen that */
  constructor(
    private readonly tx: Tx,
    private readonly now: Tx,
  ) {}

  /** How many were heard. */
  get count(): number {
    return this.held;
  }

  async hear(placed: Placed): Promise<void> {
    this.held += 1;
    this.waiting.push(placed);
    if (this.waiting.length >= AT_ONCE) await this.look();
  }

  /** What they said, of those that were heard since the last time. */
  async *faults(): AsyncGenerator<Fault> {
    await this.look();
    for (const { forked, forks, cut } of this.against.values()) {
      if (forked !== null) yield forkFault(forked, forks);
      if (cut !== null) yield* this.cutFaults(cut);
    }
    this.against.clear();
  }

  private async look(): Promise<void> {
    const waiting = this.waiting.splice(0);
    if (waiting.length === 0) return;
    const found = await this.find(this.tx, waiting);
    const missing = waiting.filter((placed) => !found.has(keyOf(placed.witness)));
    const later = missing.length === 0 ? found : await this.find(this.now, missing);
    for (const placed of waiting) {
      const key = keyOf(placed.witness);
      this.hold(placed, found.get(key) ?? later.get(key) ?? null);
    }
  }

  private async find(tx: Tx, placed: readonly Placed[]): Promise<ReadonlyMap<string, string>> {
    const wanted = placed.map(({ witness }) => ({ ...witness, handleKey: nameKey(witness.owner) }));
    return new Map((await readHashes(tx, wanted)).map((one) => [keyOfFound(one), one.hash]));
  }

  private hold(placed: Placed, hash: string | null): void {
    if (hash === placed.witness.hash) return;
    const against = this.againstChainOf(placed);
    const { sequence } = placed.witness;
    if (hash === null) {
      if (against.cut === null || against.cut.witness.sequence < sequence) against.cut = placed;
      return;
    }
    against.forks += 1;
    if (against.forked === null || against.forked.witness.sequence > sequence)
      against.forked = { ...placed, hash };
  }

  private againstChainOf({ witness, from }: Placed): Against {
    const key = `${from.replace(/:\d+$/, '')} ${nameKey(witness.owner)} ${witness.chain}`;
    const against = this.against.get(key) ?? { forked: null, forks: 0, cut: null };
    this.against.set(key, against);
    return against;
  }

  private async *cutFaults({ witness, from }: Placed): AsyncGenerator<Fault> {
    const { owner, chain, sequence } = witness;
    const end = await readEnd(this.tx, nameKey(owner), chain);
    const named = `${from} names entry ${sequence}`;
    if (end === null) yield { where: owner, what: `there is no such owner, and ${named}` };
    // a gap was told of by whoever read the chain
    else if (end < sequence)
      yield {
        where: placeOf(owner, chain, end + 1, sequence),
        what: `cut off: ${end === 0 ? 'there is no entry' : `the last entry is ${end}`}, and ${named}`,
      };
  }
}

function forkFault({ witness, from, hash }: Placed & { hash: string }, forks: number): Fault {
  const more = forks === 1 ? '' : `, and ${forks - 1} more after it`;
  return {
    where: placeOf(witness.owner, witness.chain, witness.sequence),
    what: `forked: it has the hash ${hash}, and ${from} names ${witness.hash}${more}`,
  };
}

function keyOf({ owner, chain, sequence }: Witness): string {
  return `${nameKey(owner)} ${CHAINS.indexOf(chain)} ${sequence}`;
}

function keyOfFound({ handleKey, chain, sequence }: FoundHash): string {
  return `${handleKey} ${CHAINS.indexOf(chain)} ${sequence}`;
}
