import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

import { assertInterface, compareInterfaces, type InterfaceReport } from '../../../domain/interface';
import { ComparingQueue } from './comparing-queue';

/** A report may be as large as a text can be. */
const MAX_REMEMBERED = 100;

/** The build that an interface is compared with, and the major that it is compared for. */
export interface Opposite {
  readonly buildId: number;
  readonly major: number;
  /** Reads the interface that the build carries; null: it has none. */
  readonly read: () => Promise<string | null>;
}

/**
 * Reports on interfaces that anybody may ask for: made one after the other, and remembered, since a build is immutable.
 * Source: chapter 3, "Interface compatibility".
 */
export class CheckedInterfaces {
  private readonly queue = new ComparingQueue();
  private readonly made = new LRUCache<string, Promise<{ readonly report: InterfaceReport | null }>>({
    max: MAX_REMEMBERED,
  });

  /**
   * @param opposite null: there is nothing to compare with, and so no report
   * @throws AlgogateError INVALID_INPUT saying where `sdl` is no SDL, UNAVAILABLE where too many ask
   */
  async report(sdl: string, opposite: Opposite | null): Promise<InterfaceReport | null> {
    const digest = createHash('sha256').update(sdl).digest('hex');
    const key = JSON.stringify([digest, opposite && [opposite.buildId, opposite.major === 0]]);
    const known = this.made.get(key);
    if (known !== undefined) return (await known).report;
    const making = this.make(sdl, opposite);
    this.made.set(key, making);
    try {
      return (await making).report;
    } catch (error) {
      if (this.made.peek(key) === making) this.made.delete(key);
      throw error;
    }
  }

  private async make(
    sdl: string,
    opposite: Opposite | null,
  ): Promise<{ readonly report: InterfaceReport | null }> {
    const before = opposite === null ? null : await opposite.read();
    return this.queue.run(() => {
      assertInterface(sdl);
      return { report: opposite && compareInterfaces(before, sdl, opposite.major) };
    });
  }
}
