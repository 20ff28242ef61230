/** Rows that come in pages, one after the other. */
export class Reading<T> {
  private page: readonly T[] = [];
  private at = 0;

  constructor(private readonly pages: AsyncIterator<readonly T[]>) {}

  /** The next row; null at the end. */
  async peek(): Promise<T | null> {
    while (this.at >= this.page.length) {
      const next = await this.pages.next();
      if (next.done === true) return null;
      [this.page, this.at] = [next.value, 0];
    }
    return this.page[this.at] ?? null;
  }

  /** The next row, where it was read already: without a turn of the event loop for each. */
  peekNow(): T | null {
    return this.page[this.at] ?? null;
  }

  skip(): void {
    this.at += 1;
  }
}
