import { type Database, isDuplicate } from '../../database';
import type { SignedHead } from './signed-head';
import type { HeadSink } from './signer';
import { insertSignedHeads } from './store';

const ATTEMPTS = 3;

/** Signed heads in the database, which refuses to change them. */
export class HeadTable implements HeadSink {
  readonly name = 'table';

  /** @param onFork told of a head of which another hash was signed before: somebody wrote history anew */
  constructor(
    private readonly database: Database,
    private readonly onFork: (head: SignedHead) => void,
  ) {}

  async write(heads: readonly SignedHead[]): Promise<void> {
    for (const head of await this.insert(heads)) this.onFork(head);
  }

  /** Another replica may keep one of them between the look and the insertion: the next look sees it. */
  private async insert(heads: readonly SignedHead[], attempt = 1): Promise<readonly SignedHead[]> {
    try {
      return await this.database.write((tx) => insertSignedHeads(tx, heads));
    } catch (error) {
      if (!isDuplicate(error) || attempt === ATTEMPTS) throw error;
      return this.insert(heads, attempt + 1);
    }
  }
}
