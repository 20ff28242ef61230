/** Runs tasks one after the other, in the order in which they came. */
export class Queue {
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all that was queued so far has ended. */
  async idle(): Promise<void> {
    await this.tail;
  }
}
