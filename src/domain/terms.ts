/** The closed vocabularies of the registry, as `api.graphql` spells them. */
export const OWNER_KINDS = ['USER', 'ORGANIZATION'] as const;
export type OwnerKind = (typeof OWNER_KINDS)[number];

export const VISIBILITIES = ['PRIVATE', 'PUBLIC'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const CALLERS = ['EVERYONE', 'GRANTED'] as const;
export type Callers = (typeof CALLERS)[number];

export const SOURCE_VISIBILITIES = ['CLOSED', 'OPEN'] as const;
export type SourceVisibility = (typeof SOURCE_VISIBILITIES)[number];

export const NETWORK_ACCESSES = ['FULL', 'ISOLATED'] as const;
export type NetworkAccess = (typeof NETWORK_ACCESSES)[number];

export const GRANT_LEVELS = ['CALL', 'CALL_AND_SOURCE'] as const;
export type GrantLevel = (typeof GRANT_LEVELS)[number];

export const STABILITIES = ['STABLE', 'BETA', 'EXPERIMENTAL'] as const;
export type Stability = (typeof STABILITIES)[number];

export const BUMPS = ['MAJOR', 'MINOR', 'REVISION'] as const;
export type Bump = (typeof BUMPS)[number];

export const BUILD_STATUSES = ['SUCCEEDED', 'FAILED'] as const;
export type BuildStatus = (typeof BUILD_STATUSES)[number];

export const VERSION_STATES = ['PUBLISHED', 'PENDING_APPROVAL', 'REJECTED', 'TAKEN_DOWN'] as const;
export type VersionState = (typeof VERSION_STATES)[number];

export const SELECTOR_KINDS = [
  'LATEST',
  'FULL',
  'PARTIAL',
  'RANGE',
  'CHANNEL',
  'LATEST_PRIVATE',
  'SHA',
] as const;
export type SelectorKind = (typeof SELECTOR_KINDS)[number];

/** Whether too small a bump is refused, or told. */
export const INTERFACE_POLICIES = ['ENFORCE', 'WARN'] as const;
export type InterfacePolicy = (typeof INTERFACE_POLICIES)[number];

/** Which releases wait for an approval: those of a major, of a minor and up, or every one. */
export const PROTECT_STABLE = ['NONE', 'MAJOR', 'MINOR', 'EVERY'] as const;
export type ProtectStable = (typeof PROTECT_STABLE)[number];

export const MOVE_KINDS = ['MOVE', 'ROLLBACK'] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

/** What a change of an interface is to its callers, the worst first. */
export const SEVERITIES = ['BREAKING', 'DANGEROUS', 'SAFE'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How owners sign what they publish: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256 (FIPS 186-5). */
export const SIGNING_ALGORITHMS = ['ED25519', 'ECDSA_P256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** What an SBOM is written in. */
export const SBOM_FORMATS = ['CYCLONEDX', 'SPDX'] as const;
export type SbomFormat = (typeof SBOM_FORMATS)[number];

/** How bad a vulnerability is, the worst last; `UNKNOWN` is what nobody rated. */
export const VULNERABILITY_SEVERITIES = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'UNKNOWN'] as const;
export type VulnerabilitySeverity = (typeof VULNERABILITY_SEVERITIES)[number];

/** The worst that a policy takes; `ANY` asks for nothing. */
export const MAX_SEVERITIES = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'ANY'] as const;
export type MaxSeverity = (typeof MAX_SEVERITIES)[number];
