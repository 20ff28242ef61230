import { LRUCache } from 'lru-cache';

import { BuildRow } from '../../entities';
import { answered, type Database, isDatabaseAway } from '../database';
import { AlgogateError } from '../domain/errors';
import { compileInputCheck, type InterfaceCheck } from '../domain/interface/check-input';

/** What is kept in memory, in bytes: some twenty thousand interfaces of the usual size. */
const MAX_BYTES = 128 * 1024 * 1024;
/** An interface takes about this much more memory than text, and each at least so much. Measured. */
const BYTES_PER_CHARACTER = 20;
const LEAST_BYTES = 2048;

/** Null: the build has none. */
interface Known {
  readonly check: InterfaceCheck | null;
}

/** The interfaces of the builds that are called, ready to check inputs. A build is immutable: none is ever stale. */
export class InterfaceStore {
  private readonly known: LRUCache<number, Known>;
  private readonly reading = new Map<number, Promise<InterfaceCheck | null>>();

  /** @param isSilent whether the database is known not to answer */
  constructor(
    private readonly database: Database,
    private readonly isSilent: () => boolean,
    maxBytes = MAX_BYTES,
  ) {
    this.known = new LRUCache({ maxSize: maxBytes, maxEntrySize: maxBytes });
  }

  /**
   * The interface of a build, null where it has none. At once where it is in memory, else a promise.
   * @throws AlgogateError UNAVAILABLE where it would have to be read, and the database is away
   */
  find(buildId: number): InterfaceCheck | null | Promise<InterfaceCheck | null> {
    const known = this.known.get(buildId);
    if (known !== undefined) return known.check;
    const reading = this.reading.get(buildId) ?? this.read(buildId);
    this.reading.set(buildId, reading);
    return reading;
  }

  private async read(buildId: number): Promise<InterfaceCheck | null> {
    try {
      const select = { id: true, interface: true } as const;
      const look = this.database.reads.findOne(BuildRow, { where: { id: buildId }, select });
      const sdl = (await answered(look, this.isSilent()))?.interface ?? null;
      const check = sdl === null ? null : compileInputCheck(sdl);
      this.known.set(buildId, { check }, { size: LEAST_BYTES + BYTES_PER_CHARACTER * (sdl?.length ?? 0) });
      return check;
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    } finally {
      this.reading.delete(buildId);
    }
  }
}
