export { AlgorithmRow } from './algorithm';
export { ApiKeyRow } from './api-key';
export { AttestationKeyRow, AttestationRow, AttestationSignerRow } from './attestation';
export { BuildRow } from './build';
export { LegacyCallRecordRow } from './call-record';
export { GrantRow } from './grant';
export { IdempotencyKeyRow } from './idempotency-key';
export { IdentityRow, TrustedPublisherRow, UsedTokenRow } from './identity';
export { LedgerEntryRow } from './ledger-entry';
export { LedgerHeadRow } from './ledger-head';
export { LimitRow } from './limit';
export { MajorRow } from './major';
export { MembershipRow } from './membership';
export { OwnerRow } from './owner';
export { SbomRow, VersionLicenceRow } from './sbom';
export { SharedKeyRow } from './shared-key';
export { SignedHeadRow } from './signed-head';
export { SigningKeyRow } from './signing-key';
export { VulnerabilityScanRow } from './vulnerability-scan';
export { VersionRow } from './version';
export { CallRow, UsagePairRow, UsageRollupRow, UsageTurnRow } from './usage';
export { ArtifactMoveRow, ArtifactPointerRow, ArtifactRevisionRow, VersionArtifactRow } from './artifact';
export { GateReportRow } from './gate-report';
export { AlgorithmPolicyRow, GatePolicyRow } from './policy';
export {
  ApprovalRow,
  ChannelEntryRow,
  ChannelMoveRow,
  ChannelRow,
  DeprecationRow,
  InterfaceReportRow,
} from './release';
