export type { Change, Entry, Json, JsonObject } from './entry';
export { canonicalJson } from './entry';
export { Follower } from './follower';
export { Ledger, type LedgerEvent, type Outcome } from './ledger';
export { readEntriesAfter, readHeads } from './store';
