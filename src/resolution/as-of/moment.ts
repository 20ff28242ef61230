import type { Database } from '../../database';
import type { AsOf, AsOfPosition, AsOfTime } from '../../domain/as-of';
import { AlgogateError } from '../../domain/errors';
import { isCallerIndependent, type Reference } from '../../domain/reference';
import {
  databaseNow,
  readPrivateSequenceAt,
  readSequencesAt,
  type Sequences,
  settle,
  SETTLED_MS,
} from '../../ledger';
import type { ResolutionIndex } from '../resolution-index';
import { readOwner } from '../store';
import type { OwnerView } from '../view';

/** A past state of an owner, as far as a reference is about it. It never changes again. */
export interface Moment {
  readonly public: number;
  /** Null where the private chain has no part in the answer: the selector is the same for every caller. */
  readonly private: number | null;
  /** The private chain has not come as far as was asked for: then too it has no part. */
  readonly ahead: boolean;
}

/** Finds the state of the reference's owner that is asked for. Whether its algorithm exists makes no difference. */
export class Moments {
  constructor(
    private readonly database: Database,
    private readonly index: ResolutionIndex,
  ) {}

  /** @throws AlgogateError INVALID_INPUT for a moment that has not come, and for one of other owners */
  async find(reference: Reference, asOf: AsOf): Promise<Moment> {
    return asOf.kind === 'time' ? this.atTime(reference, asOf) : this.atPosition(reference, asOf);
  }

  private async atTime({ ownerKey, selector }: Reference, { time }: AsOfTime): Promise<Moment> {
    const { reads, dialect } = this.database;
    const now = await databaseNow(reads, dialect);
    if (time > now) throw new AlgogateError('INVALID_INPUT', 'asOf is in the future', ['asOf']);
    const ownerId = (await readOwner(reads, ownerKey))?.id ?? 0;
    if (time > now - SETTLED_MS) await settle(this.database, ownerId, time);
    const sequences = await readSequencesAt(reads, ownerId, time);
    return {
      public: sequences.public,
      private: isCallerIndependent(selector) ? null : sequences.private,
      ahead: false,
    };
  }

  private async atPosition(reference: Reference, { positions }: AsOfPosition): Promise<Moment> {
    const { ownerKey, owner: written, selector } = reference;
    const position = positions.get(ownerKey);
    if (position === undefined) {
      throw new AlgogateError('INVALID_INPUT', `asOf has no position of ${written}`, ['asOf']);
    }
    // where the answer is the same for every caller, what a position says of the private chain is not looked at
    const hidden = isCallerIndependent(selector) ? 0 : (position.private ?? 0);
    const owner = await this.ownerAt(ownerKey, { public: position.public, private: hidden });
    const heads = sequencesOf(owner);
    if (position.public > heads.public) {
      throw new AlgogateError('INVALID_INPUT', `asOf is beyond the ledger of ${written}`, ['asOf']);
    }
    if (isCallerIndependent(selector)) return { public: position.public, private: null, ahead: false };
    if (hidden > heads.private) return { public: position.public, private: null, ahead: true };
    const beside = position.private ?? (await this.beside(owner, position.public));
    return { public: position.public, private: beside, ahead: false };
  }

  /** The owner from memory where that has come so far: heads never go back. Else as it is now. */
  private async ownerAt(ownerKey: string, at: Sequences): Promise<OwnerView | null> {
    const known = this.index.owner(ownerKey);
    return hasCome(known, at) ? known : readOwner(this.database.reads, ownerKey);
  }

  /** A public entry says by its time which private ones were there before it. */
  private async beside(owner: OwnerView | null, sequence: number): Promise<number> {
    return readPrivateSequenceAt(this.database.reads, owner?.id ?? 0, sequence);
  }
}

/** Whether the chains of an owner have come to a state; those of one that does not exist are empty. */
export function hasCome(owner: OwnerView | null, at: Sequences): boolean {
  const heads = sequencesOf(owner);
  return heads.public >= at.public && heads.private >= at.private;
}

function sequencesOf(owner: OwnerView | null): Sequences {
  return { public: owner?.publicSequence ?? 0, private: owner?.privateSequence ?? 0 };
}
