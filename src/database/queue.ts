/** Runs tasks one after the other, in the order in which they came. */
export class Queue {
  /** Tasks that run or wait. */
  length = 0;
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task);
    this.length += 1;
    const leave = (): void => {
      this.length -= 1;
    };
    this.tail = result.then(leave, leave);
    return result;
  }

  /** Resolves when all that was queued so far has ended. */
  async idle(): Promise<void> {
    await this.tail;
  }
}
