import { AlgogateError } from '../../../domain/errors';
import { perRequest } from '../../shared/context';

const MOST_OF_AN_ANSWER = 10_000;
const MOST_OF_A_REQUEST = 20_000;

/** How many buckets, of all series together, one request is answered with. */
class Budget {
  private spent = 0;

  /**
   * @param buckets of one more series of an answer, or of several
   * @param sofar of the same answer
   * @throws AlgogateError QUERY_TOO_COMPLEX
   */
  spend(buckets: number, sofar = 0): void {
    this.spent += buckets;
    if (buckets + sofar > MOST_OF_AN_ANSWER) throw tooMany('a usage', MOST_OF_AN_ANSWER);
    this.assertNotOver();
  }

  /** What goes over is not only refused itself: all that has not been read yet is. @throws AlgogateError QUERY_TOO_COMPLEX */
  assertNotOver(): void {
    if (this.spent > MOST_OF_A_REQUEST) throw tooMany('the usages of a request', MOST_OF_A_REQUEST);
  }
}

export const budgetOf = perRequest(() => new Budget());

function tooMany(what: string, most: number): AlgogateError {
  const message = `${what} may have at most ${most} buckets, of all series together`;
  return new AlgogateError('QUERY_TOO_COMPLEX', message);
}
