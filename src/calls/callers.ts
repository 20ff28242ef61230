import { AlgogateError } from '../domain/errors';

/** Counts what each caller has under way, so that no one of them takes all the places of the others. */
export class Callers {
  private readonly underWay = new Map<string, number>();

  /**
   * @param most of one caller at once
   * @param what is counted
   */
  constructor(
    private readonly most: number,
    private readonly what = 'calls',
  ) {}

  /** @throws AlgogateError RATE_LIMITED */
  enter(caller: string): void {
    const count = this.underWay.get(caller) ?? 0;
    if (count >= this.most) {
      const message = `at most ${this.most} ${this.what} of one caller may be under way`;
      throw new AlgogateError('RATE_LIMITED', message);
    }
    this.underWay.set(caller, count + 1);
  }

  leave(caller: string): void {
    const count = this.underWay.get(caller) ?? 0;
    if (count > 1) this.underWay.set(caller, count - 1);
    else this.underWay.delete(caller);
  }
}
