import { AlgogateError } from '../domain/errors';

/** Counts the calls of each caller that are under way, so that no one of them takes all the places of the others. */
export class Callers {
  private readonly underWay = new Map<string, number>();

  /** @param most calls of one caller at once */
  constructor(private readonly most: number) {}

  /** @throws AlgogateError RATE_LIMITED */
  enter(caller: string): void {
    const count = this.underWay.get(caller) ?? 0;
    if (count >= this.most) {
      throw new AlgogateError('RATE_LIMITED', `at most ${this.most} calls of one caller may be under way`);
    }
    this.underWay.set(caller, count + 1);
  }

  leave(caller: string): void {
    const count = this.underWay.get(caller) ?? 0;
    if (count > 1) this.underWay.set(caller, count - 1);
    else this.underWay.delete(caller);
  }
}
