export { admitTo } from './admit';
export { ArtifactStore } from './artifact-store';
export { BackendAddressGuard } from './address-guard';
export { Callers } from './callers';
export { CallPath, type CallPathStats, type RequestListener } from './handler';
export {
  KEPT_FOR_MS,
  LARGEST_KEPT_ANSWER,
  type ClaimResult,
  type IdempotencyClaim,
  type IdempotencyStore,
  type KeptAnswer,
} from './idempotency';
export { DatabaseIdempotencyStore } from './idempotency-store';
export { InterfaceStore } from './interface-store';
export { newRequestId } from './identifiers';
export { FileJournal, type FileJournalOptions } from './journal/file-journal';
export type { Journal } from './journal/journal';
export type { Admission, ArtifactRevision, CallPorts } from './ports';
export type { CallSettings } from './settings';
