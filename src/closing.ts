import type { Logger } from './logging';
import { within } from './waiting';

/** How long one part is waited for, in milliseconds: a database that hangs would hold up each that uses it. */
const CLOSE_MS = 2_000;

interface Part {
  readonly name: string;
  readonly close: () => unknown;
  readonly ms: number;
}

/** The parts of a replica that are open, to be closed in turn. Source: chapter 9, "Health". */
export class OpenParts {
  private readonly parts: Part[] = [];

  constructor(private readonly log: Logger) {}

  /**
   * @param name what it is, for the log
   * @param ms how long its end is waited for, in milliseconds
   */
  add(name: string, close: () => unknown, ms = CLOSE_MS): void {
    this.parts.push({ name, close, ms });
  }

  /**
   * The last that was opened first: what is closed may still use what was opened before it. What fails or hangs is
   * told and left behind, as it ends with the process: whatever must not be lost is on disk by then.
   */
  async closeAll(): Promise<void> {
    for (const part of this.parts.splice(0).reverse()) await this.closeOne(part);
  }

  /** What `start` opens, which is closed again where it fails. */
  static async during<T>(log: Logger, start: (opened: OpenParts) => Promise<T>): Promise<T> {
    const opened = new OpenParts(log);
    try {
      return await start(opened);
    } catch (error) {
      await opened.closeAll();
      throw error;
    }
  }

  private async closeOne({ name, close, ms }: Part): Promise<void> {
    try {
      await within(ms, Promise.resolve(close()), () => {
        this.log.warn({ part: name, ms }, 'a part did not close in time and was left behind');
      });
    } catch (error) {
      this.log.warn({ part: name, err: error }, 'a part did not close');
    }
  }
}
