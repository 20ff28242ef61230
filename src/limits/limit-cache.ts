import { LRUCache } from 'lru-cache';

import { answered, type Database, isDatabaseAway, type Tx } from '../database';
import { AlgogateError } from '../domain/errors';
import type { OwnerId } from '../domain/principal';
import { type ConsumerLimits, type DatedLimits, readConsumerLimits, readDefaultLimits } from './limits-store';

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

/** The default of one algorithm; `limits` is null where it has none. */
export interface DefaultLimits {
  readonly limits: DatedLimits | null;
}

/**
 * The limits of consumers, and the defaults of algorithms, in memory: read once, and dropped when the ledger says that
 * they changed, so that a limit holds at every replica within a second. Source: chapters 6 and 7.
 */
export class LimitCache {
  private readonly consumers: Remembered<ConsumerLimits>;
  private readonly defaults: Remembered<DefaultLimits>;

  constructor(database: Database, events: LimitEvents) {
    this.consumers = new Remembered(database, events, readConsumerLimits);
    this.defaults = new Remembered(database, events, async (tx, algorithmId) => ({
      limits: await readDefaultLimits(tx, algorithmId),
    }));
    events.onEvent(({ entry: { action, changeJson } }) => {
      if (action === LIMITS_SET) this.forget(JSON.parse(changeJson) as Changed);
    });
  }

  /** At once where it is in memory and fresh. @throws AlgogateError UNAVAILABLE */
  ofConsumer(consumerId: OwnerId): ConsumerLimits | Promise<ConsumerLimits> {
    return this.consumers.find(consumerId);
  }

  /** At once where it is in memory and fresh. @throws AlgogateError UNAVAILABLE */
  ofOthers(algorithmId: number): DefaultLimits | Promise<DefaultLimits> {
    return this.defaults.find(algorithmId);
  }

  private forget({ consumerId, algorithmId }: Changed): void {
    if (typeof consumerId === 'number') this.consumers.forget(consumerId);
    else if (typeof algorithmId === 'number') this.defaults.forget(algorithmId);
  }
}

/** What an entry says of whose limits changed. */
interface Changed {
  readonly consumerId?: unknown;
  readonly algorithmId?: unknown;
}

/** Values by id, read when they are asked for and kept until they are forgotten. */
class Remembered<V extends object> {
  private readonly values = new LRUCache<number, V>({ max: MAX_CACHED });
  private readonly reading = new Map<number, Promise<V>>();
  /** Counts what was forgotten, so that a read that began before does not outlive it in memory. */
  private forgotten = 0;

  constructor(
    private readonly database: Database,
    private readonly events: LimitEvents,
    private readonly read: (tx: Tx, id: number) => Promise<V>,
  ) {}

  find(id: number): V | Promise<V> {
    const value = this.events.isFresh ? this.values.get(id) : undefined;
    return value ?? this.findAnew(id);
  }

  forget(id: number): void {
    this.forgotten += 1;
    this.values.delete(id);
    this.reading.delete(id);
  }

  private async findAnew(id: number): Promise<V> {
    await this.events.catchUp();
    try {
      return this.values.get(id) ?? (await answered(this.readOnce(id), this.events.databaseAway));
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    }
  }

  private readOnce(id: number): Promise<V> {
    const known = this.reading.get(id);
    if (known !== undefined) return known;
    const reading = this.load(id).finally(() => {
      if (this.reading.get(id) === reading) this.reading.delete(id);
    });
    this.reading.set(id, reading);
    return reading;
  }

  private async load(id: number): Promise<V> {
    const before = this.forgotten;
    const value = await this.read(this.database.reads, id);
    if (this.forgotten === before) this.values.set(id, value);
    return value;
  }
}
