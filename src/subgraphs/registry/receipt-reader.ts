import DataLoader from 'dataloader';

import { type Receipts, subjectOf } from '../../receipts';
import type { Answer } from '../../resolution';
import { type GraphContext, perRequest } from '../shared/context';

/** Receipts of resolutions: those that one query asks for are read for, and signed, together. */
export class ReceiptReader {
  private readonly loader: (context: GraphContext) => DataLoader<Answer, string>;

  constructor(receipts: Pick<Receipts, 'signAll'>) {
    this.loader = perRequest(() => new DataLoader((answers) => receipts.signAll(answers.map(subjectOf))));
  }

  /** @throws AlgogateError UNAVAILABLE */
  async receipt(context: GraphContext, answer: Answer): Promise<string> {
    return this.loader(context).load(answer);
  }
}
