import { LRUCache } from 'lru-cache';

import { answered, type Database, isDatabaseAway } from '../../database';
import type { AsOf } from '../../domain/as-of';
import type { AlgorithmCatalog } from '../../domain/catalog';
import { AlgogateError } from '../../domain/errors';
import type { Reference } from '../../domain/reference';
import { resolve } from '../../domain/resolve';
import type { Sequences } from '../../ledger';
import type { Answer } from '../answer';
import type { ResolutionIndex } from '../resolution-index';
import type { AlgorithmView, OwnerView } from '../view';
import type { PastEvent } from './events';
import { fold } from './fold';
import { Histories, type History } from './histories';
import { hasCome, type Moment, Moments } from './moment';

/** What a reference named at a past moment, before anyone asked whether the caller may have it. */
export interface PastAnswer {
  /** Null where nothing matched. Its catalogue is that of the moment, its standing (who may see what) is today's. */
  readonly answer: Answer | null;
  /**
   * Set where nothing matched for that the private chain has not come as far as was asked: that is for the eyes of
   * the owner's members.
   */
  readonly ahead: AlgorithmView | null;
}

export interface PastResolutionOptions {
  /** The most events of histories that are kept in memory. */
  readonly maxEvents: number;
  /** The most versions and builds of past catalogues that are kept in memory. */
  readonly maxEntries: number;
  /** Whether the database is known not to answer: nobody then waits for it long. */
  readonly isAway?: () => boolean;
}

/**
 * Resolution as of a past moment, from the ledger: the catalogue as it stood then, under the very same rules. The
 * same question has the same answer for ever; who asks is unknown here. Source: chapter 1, "As of".
 */
export class PastResolution {
  private readonly moments: Moments;
  private readonly histories: Histories;
  private readonly catalogs: LRUCache<string, AlgorithmCatalog>;

  constructor(
    database: Database,
    private readonly index: ResolutionIndex,
    private readonly options: PastResolutionOptions,
  ) {
    this.moments = new Moments(database, index);
    this.histories = new Histories(database, options.maxEvents);
    this.catalogs = new LRUCache<string, AlgorithmCatalog>({
      maxSize: options.maxEntries,
      sizeCalculation: ({ size, unpublishedBuilds }) =>
        Math.min(1 + size + unpublishedBuilds, options.maxEntries),
    });
  }

  /**
   * What `reference` named then. The queries are the same in number whether its algorithm exists or not.
   * @throws AlgogateError INVALID_INPUT for a moment that has not come, and for one of other owners; UNAVAILABLE
   */
  async answer(reference: Reference, asOf: AsOf): Promise<PastAnswer> {
    try {
      return await answered(this.find(reference, asOf), this.options.isAway?.() ?? false);
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    }
  }

  private async find(reference: Reference, asOf: AsOf): Promise<PastAnswer> {
    const { ownerKey, nameKey, selector } = reference;
    const known = await this.index.find(ownerKey, nameKey);
    const moment = await this.moments.find(reference, asOf);
    const at: Sequences = { public: moment.public, private: moment.private ?? 0 };
    const come = hasCome(known?.owner ?? this.index.owner(ownerKey), at);
    // another replica has written what this one has not heard of yet
    const algorithm = come ? known : await this.index.findNow(ownerKey, nameKey);
    const histories = await this.historiesTo(reference, algorithm, moment);
    if (algorithm === null) return { answer: null, ahead: null };
    const past = pastView(algorithm, moment, this.catalogAt(algorithm, histories, moment));
    const resolved = resolve(past.catalog, selector);
    return {
      answer: resolved && { reference, resolved, algorithm: past },
      ahead: resolved === null && moment.ahead ? algorithm : null,
    };
  }

  /** The private history is not even read where it has no part. */
  private async historiesTo(
    { ownerKey, nameKey }: Reference,
    algorithm: AlgorithmView | null,
    moment: Moment,
  ): Promise<PastHistories> {
    const owner = algorithm?.owner ?? this.index.owner(ownerKey);
    const of = {
      key: `${ownerKey}/${nameKey}`,
      ownerId: owner?.id ?? 0,
      subject: algorithm && `${algorithm.owner.handle}/${algorithm.name}`,
    };
    const read = async (chain: keyof Sequences, at: number, head = 0): Promise<History> =>
      this.histories.find({ ...of, chain, at, head: Math.max(at, head) });
    return {
      public: await read('public', moment.public, owner?.publicSequence),
      private: moment.private === null ? null : await read('private', moment.private, owner?.privateSequence),
    };
  }

  private catalogAt(
    { ownerKey, nameKey, catalog: today }: AlgorithmView,
    histories: PastHistories,
    moment: Moment,
  ): AlgorithmCatalog {
    const observable = eventsUpTo(histories.public, moment.public);
    const hidden = eventsUpTo(histories.private, moment.private);
    const key = `${ownerKey}/${nameKey}@${observable.length}+${hidden.length}`;
    const kept = this.catalogs.get(key);
    if (kept !== undefined) return kept;
    const made = fold([...hidden, ...observable], today);
    this.catalogs.set(key, made);
    return made;
  }
}

/** Null where the private chain has no part. */
interface PastHistories {
  readonly public: History;
  readonly private: History | null;
}

/** What had happened when the chain had come to `sequence`, by a binary search; several events may be one entry's. */
function eventsUpTo(history: History | null, sequence: number | null): readonly PastEvent[] {
  if (history === null || sequence === null) return [];
  const { events } = history;
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.sequence ?? 0) > sequence) high = middle;
    else low = middle + 1;
  }
  return events.slice(0, low);
}

/** The algorithm with what was in it then; of its owner, where the chains stood then. */
function pastView(algorithm: AlgorithmView, moment: Moment, catalog: AlgorithmCatalog): AlgorithmView {
  const { id, handle } = algorithm.owner;
  const owner: OwnerView = {
    id,
    handle,
    publicSequence: moment.public,
    privateSequence: moment.private ?? 0,
  };
  return { ...algorithm, owner, catalog, today: algorithm.catalog };
}
