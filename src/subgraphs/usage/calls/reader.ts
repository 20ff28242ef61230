import type { CallSource, Place, Run, StoredCall } from './store';

/** Reads runs of calls; each has at most as many as its `limit`, and fewer only where there are no more. */
export type ReadRuns = (runs: readonly Run[]) => Promise<readonly (readonly StoredCall[])[]>;

/** What is read: in which order, of which time, and after which call. */
export type Range = Omit<Run, 'source' | 'limit'>;

/** Calls in the order of time, as many at a time as are asked for; fewer where there are no more. */
export interface CallReader {
  next(count: number): Promise<readonly StoredCall[]>;
}

/** What all readers of merged sources may hold in memory together, about. */
const MOST_BUFFERED = 20_000;
const FEWEST = 2;

export function readerOf(read: ReadRuns, sources: readonly CallSource[], range: Range): CallReader {
  const [only] = sources;
  return sources.length === 1 && only !== undefined
    ? new SingleSource(read, only, range)
    : new MergedSources(read, sources, range);
}

class SingleSource implements CallReader {
  private after: Place | null;
  private ended = false;

  constructor(
    private readonly read: ReadRuns,
    private readonly source: CallSource,
    private readonly range: Range,
  ) {
    this.after = range.after;
  }

  async next(count: number): Promise<readonly StoredCall[]> {
    if (this.ended) return [];
    const { source, after } = this;
    const [calls = []] = await this.read([{ ...this.range, source, after, limit: count }]);
    this.ended = calls.length < count;
    this.after = calls.at(-1) ?? after;
    return calls;
  }
}

/** One of the sources that are merged: what was read of it, and not yet passed on. */
interface Line {
  readonly source: CallSource;
  after: Place | null;
  buffer: readonly StoredCall[];
  /** How many are read at the next time: few at first, twice as many each time that they were not enough. */
  size: number;
  ended: boolean;
}

/**
 * Many sources as one, in the order of time. Of each the index is asked for a few calls and for more where those were
 * used up, so that a page costs one seek for each source and little more than the calls that are on it.
 */
class MergedSources implements CallReader {
  private lines: Line[] | null = null;
  private ready: StoredCall[] = [];

  constructor(
    private readonly read: ReadRuns,
    private readonly sources: readonly CallSource[],
    private readonly range: Range,
  ) {}

  async next(count: number): Promise<readonly StoredCall[]> {
    this.lines ??= this.open(count);
    while (this.ready.length < count && this.lines.length > 0) await this.advance(this.lines, count);
    return this.ready.splice(0, count);
  }

  private open(count: number): Line[] {
    const share = Math.ceil((2 * count) / Math.max(1, this.sources.length));
    const size = Math.min(count, Math.max(FEWEST, share));
    const { after } = this.range;
    return this.sources.map((source) => ({ source, after, buffer: [], size, ended: false }));
  }

  /** Passes on all that is certain to come next: what no source can have anything before that was not read yet. */
  private async advance(lines: readonly Line[], count: number): Promise<void> {
    if (lines.some(isShort)) await this.refill(lines.filter(isLow), count);
    const horizon = lines
      .filter(({ ended }) => !ended)
      .map(({ buffer }) => buffer.at(-1))
      .filter((last) => last !== undefined)
      .sort(this.compare)[0];
    const certain = lines.flatMap((line) => this.take(line, horizon));
    this.ready.push(...certain.sort(this.compare));
    this.lines = lines.filter(({ ended, buffer }) => !ended || buffer.length > 0);
  }

  private async refill(lines: readonly Line[], count: number): Promise<void> {
    const read = await this.read(
      lines.map(({ source, after, size }) => ({ ...this.range, source, after, limit: size })),
    );
    const most = Math.min(count, Math.max(FEWEST, Math.floor(MOST_BUFFERED / this.sources.length)));
    for (const [at, line] of lines.entries()) {
      const calls = read[at] ?? [];
      line.ended = calls.length < line.size;
      line.buffer = [...line.buffer, ...calls];
      line.after = calls.at(-1) ?? line.after;
      line.size = Math.max(line.size, Math.min(most, 2 * line.size));
    }
  }

  /** Takes what is not after the horizon off a line. */
  private take(line: Line, horizon: StoredCall | undefined): readonly StoredCall[] {
    if (horizon === undefined) {
      const all = line.buffer;
      line.buffer = [];
      return all;
    }
    const rest = line.buffer.findIndex((call) => this.compare(call, horizon) > 0);
    const taken = rest < 0 ? line.buffer : line.buffer.slice(0, rest);
    line.buffer = rest < 0 ? [] : line.buffer.slice(rest);
    return taken;
  }

  private readonly compare = (one: Place, other: Place): number => {
    const later = one.startedAt - other.startedAt || (one.requestId < other.requestId ? -1 : 1);
    if (one.requestId === other.requestId && one.startedAt === other.startedAt) return 0;
    return this.range.order === 'NEWEST_FIRST' ? -later : later;
  };
}

function isShort({ ended, buffer }: Line): boolean {
  return !ended && buffer.length === 0;
}

function isLow({ ended, buffer, size }: Line): boolean {
  return !ended && 2 * buffer.length <= size;
}
