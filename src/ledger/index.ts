export type { Change, Entry, Json, JsonObject } from './entry';
export { canonicalJson } from './entry';
export { exportLedger } from './export';
export { Follower } from './follower';
export { HeadFile } from './heads/file';
export { type HeadSink, HeadSigner } from './heads/signer';
export { HeadTable } from './heads/table';
export { Ledger, type LedgerEvent, type Outcome } from './ledger';
export {
  type HistoryEntry,
  readHistory,
  readHistoryBetween,
  readPrivateSequenceAt,
  readSequencesAt,
  type Sequences,
} from './past-store';
export { SETTLED_MS, settle } from './settle';
export { databaseNow, readEntriesAfter, readHeads } from './store';
export { faultText } from './verify/fault';
export { linesOf } from './verify/lines';
export { type Saved, type Verified, verifyLedger } from './verify/verify';
