export { Database, MAX_WRITE_MS, type Tx } from './database';
export { bulkInsert, type BulkValue } from './bulk';
export type { DatabaseTarget, Dialect } from './dialect';
export { isDatabaseAway, isDuplicate } from './failures';
export { answered } from './patience';
export { type Condition, shownRevisions } from './shown-revisions';
