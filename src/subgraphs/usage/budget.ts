import { AlgogateError } from '../../domain/errors';
import { USAGE_BOUNDS, type UsageBounds } from './bounds';
import { nameOfTime, type Timed } from './grouped-loader';

const MOST_OF_AN_ANSWER = 10_000;
const MOST_OF_A_REQUEST = 20_000;

/** What is spent in pieces whose size is known only once they are there. */
type Spent = 'cells' | 'addedUp' | 'records' | 'byCaller';

/**
 * What one request costs, all of its fields together. What goes over is not only refused itself: all that has not
 * been read yet is.
 */
export class Budget {
  private buckets = 0;
  private readonly spent: Record<Spent, number> = { cells: 0, addedUp: 0, records: 0, byCaller: 0 };
  private readonly times = new Set<string>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly bounds: UsageBounds = USAGE_BOUNDS) {}

  /**
   * @param buckets of one more series of an answer, or of several
   * @param sofar of the same answer
   * @throws AlgogateError QUERY_TOO_COMPLEX
   */
  spendBuckets(buckets: number, sofar = 0): void {
    this.buckets += buckets;
    if (buckets + sofar > MOST_OF_AN_ANSWER) throw tooManyBuckets('a usage', MOST_OF_AN_ANSWER);
    this.assertAskable();
  }

  /** A time that is asked of. @throws AlgogateError QUERY_TOO_COMPLEX */
  spendTime({ spans }: Timed): void {
    this.times.add(nameOfTime(spans));
    this.assertAskable();
  }

  /** Nothing is read for a request that asks for too much. @throws AlgogateError QUERY_TOO_COMPLEX */
  assertAskable(): void {
    if (this.buckets > MOST_OF_A_REQUEST) throw tooManyBuckets('the usages of a request', MOST_OF_A_REQUEST);
    const { times } = this.bounds;
    if (this.times.size <= times) return;
    throw tooComplex(`one request asks of ${times} different ranges of time at the most`);
  }

  /** @throws AlgogateError QUERY_TOO_COMPLEX */
  spend(what: Spent, count: number): void {
    this.spent[what] += count;
    this.assertLeft(what);
  }

  /** @throws AlgogateError QUERY_TOO_COMPLEX where more than there is was spent */
  assertLeft(what: Spent): void {
    if (this.spent[what] > this.bounds[what]) throw tooComplex(MESSAGES[what](this.bounds[what]));
  }

  /** How many fit; none where it was overspent. */
  left(what: Spent): number {
    return Math.max(0, this.bounds[what] - this.spent[what]);
  }

  /** Readings of one request, one after the other: what each takes is known before the next begins. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

const SHORTER = 'ask for a shorter range, a longer granularity or another grouping';

const MESSAGES: Readonly<Record<Spent, (most: number) => string>> = {
  cells: (most) => `over ${most} counts are in the answers of one request: ${SHORTER}`,
  addedUp: (most) => `over ${most} counts are added up for one request: ${SHORTER}`,
  records: (most) =>
    `over ${most} calls are in parts of hours or minutes at the edges of the ranges of one request: ask for whole ones`,
  byCaller: (most) => `over ${most} counts are added up by caller for one request: ask for a shorter range`,
};

function tooManyBuckets(what: string, most: number): AlgogateError {
  return tooComplex(`${what} may have at most ${most} buckets, of all series together`);
}

function tooComplex(message: string): AlgogateError {
  return new AlgogateError('QUERY_TOO_COMPLEX', message);
}
