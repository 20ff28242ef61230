export { type PublicKeys, readKeySet } from './key-set';
export { Receipts } from './receipts';
export { RECEIPT_TYPE, type Statement } from './statement';
export { type Subject, subjectOf } from './subject';
export { ReceiptError, verifyReceipt } from './verify';
