/** What is wrong with a receipt, or with the keys that it is held against, in one line. */
export class ReceiptError extends Error {
  override readonly name = 'ReceiptError';
}
