import { LRUCache } from 'lru-cache';

import { answered, type Database, isDatabaseAway, type Tx } from '../database';
import { AlgogateError } from '../domain/errors';
import type { AlgorithmLimits, ConsumerLimits } from '../domain/limits/bounds';
import { limitSubject, type LimitSubjectKey } from '../domain/limits/subject';
import type { OwnerId } from '../domain/principal';
import {
  readAlgorithmLimits,
  readConsumerLimits,
  readSubjectLimits,
  type SubjectLimits,
} from './limits-store';

/**
 * What each memory holds at most: a subject without limits weighs as much as one with a single row of them. As `max` it
 * would take the room for all of them as the replica starts.
 */
const MAX_CACHED = 100_000;

/** What of the ledger says that limits changed. */
export const LIMITS_SET = 'limits.set';

/** What is heard of the ledger's entries, wherever they were written; and how old what was heard may be. */
export interface LimitEvents {
  readonly isFresh: boolean;
  readonly databaseAway: boolean;
  /** Waits until it is fresh. @throws AlgogateError UNAVAILABLE */
  catchUp(): Promise<void>;
  onEvent(
    listener: (event: { readonly entry: { readonly action: string; readonly changeJson: string } }) => void,
  ): void;
}

/**
 * The limits of consumers, of algorithms, and of consumers at algorithms that have some for single ones, in memory: read
 * once, and dropped when the ledger says that they changed, so that a limit holds at every replica within a second. They
 * are apart so that nobody can make a caller's own limits long to read but itself. Source: chapters 6 and 7.
 */
export class LimitCache {
  private readonly consumers: Remembered<OwnerId, ConsumerLimits>;
  private readonly algorithms: Remembered<number, AlgorithmLimits>;
  private readonly pairs: Remembered<LimitSubjectKey, SubjectLimits>;

  constructor(database: Database, events: LimitEvents) {
    this.consumers = new Remembered(database, events, readConsumerLimits, ({ keys }) => 1 + keys.size);
    this.algorithms = new Remembered(database, events, readAlgorithmLimits);
    this.pairs = new Remembered(database, events, readSubjectLimits);
    events.onEvent(({ entry: { action, changeJson } }) => {
      if (action === LIMITS_SET) this.forget(JSON.parse(changeJson) as Changed);
    });
  }

  /** At once where it is in memory and fresh. @throws AlgogateError UNAVAILABLE */
  ofConsumer(consumerId: OwnerId): ConsumerLimits | Promise<ConsumerLimits> {
    return this.consumers.find(consumerId);
  }

  /** At once where it is in memory and fresh. @throws AlgogateError UNAVAILABLE */
  ofAlgorithm(algorithmId: number): AlgorithmLimits | Promise<AlgorithmLimits> {
    return this.algorithms.find(algorithmId);
  }

  /** Worth asking where the algorithm has some for single consumers. @throws AlgogateError UNAVAILABLE */
  ofPair(consumerId: OwnerId, algorithmId: number): SubjectLimits | Promise<SubjectLimits> {
    return this.pairs.find(limitSubject({ keyId: null, consumerId, algorithmId }));
  }

  private forget({ consumerId, algorithmId }: Changed): void {
    if (typeof algorithmId === 'number') {
      this.algorithms.forget(algorithmId);
      if (typeof consumerId === 'number') {
        this.pairs.forget(limitSubject({ keyId: null, consumerId, algorithmId }));
      }
    } else if (typeof consumerId === 'number') this.consumers.forget(consumerId);
  }
}

/** What an entry says of whose limits changed. */
interface Changed {
  readonly consumerId?: unknown;
  readonly algorithmId?: unknown;
}

/** Values by what they are of, read when they are asked for and kept until they are forgotten. */
class Remembered<K extends string | number, V extends object> {
  private readonly values: LRUCache<K, V>;
  private readonly reading = new Map<K, Promise<V>>();
  /** Counts what was forgotten, so that a read that began before does not outlive it in memory. */
  private forgotten = 0;

  constructor(
    private readonly database: Database,
    private readonly events: LimitEvents,
    private readonly read: (tx: Tx, key: K) => Promise<V>,
    rowsOf: (value: V) => number = () => 1,
  ) {
    this.values = new LRUCache({ maxSize: MAX_CACHED, sizeCalculation: rowsOf });
  }

  find(key: K): V | Promise<V> {
    const value = this.events.isFresh ? this.values.get(key) : undefined;
    return value ?? this.findAnew(key);
  }

  forget(key: K): void {
    this.forgotten += 1;
    this.values.delete(key);
    this.reading.delete(key);
  }

  private async findAnew(key: K): Promise<V> {
    await this.events.catchUp();
    try {
      return this.values.get(key) ?? (await answered(this.readOnce(key), this.events.databaseAway));
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    }
  }

  private readOnce(key: K): Promise<V> {
    const known = this.reading.get(key);
    if (known !== undefined) return known;
    const reading = this.load(key).finally(() => {
      if (this.reading.get(key) === reading) this.reading.delete(key);
    });
    this.reading.set(key, reading);
    return reading;
  }

  private async load(key: K): Promise<V> {
    const before = this.forgotten;
    const value = await this.read(this.database.reads, key);
    if (this.forgotten === before) this.values.set(key, value);
    return value;
  }
}
