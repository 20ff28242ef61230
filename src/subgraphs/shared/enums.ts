import { registerEnumType } from 'type-graphql';

import { ERROR_CODES, ERROR_TABLE } from '../../domain/errors';
import * as principal from '../../domain/principal';
import * as terms from '../../domain/terms';

/** GraphQL enums made from the vocabularies of the domain, so that the two cannot drift apart. */
export function enumOf<T extends string>(
  name: string,
  values: readonly T[],
  description: string,
  meanings: Partial<Record<T, string>> = {},
): { readonly [K in T]: K } {
  const members = Object.fromEntries(values.map((value) => [value, value])) as { readonly [K in T]: K };
  const valuesConfig = Object.fromEntries(
    Object.entries(meanings).map(([value, meaning]) => [value, { description: meaning }]),
  ) as Partial<Record<T, { description: string }>>;
  registerEnumType(members, { name, description, valuesConfig });
  return members;
}

export const OwnerKind = enumOf('OwnerKind', terms.OWNER_KINDS, 'What an owner is.');
export const Visibility = enumOf('Visibility', terms.VISIBILITIES, 'Who may know of a version.');
export const Callers = enumOf(
  'Callers',
  terms.CALLERS,
  "Who, besides the owner's members, may call public versions.",
);
export const SourceVisibility = enumOf(
  'SourceVisibility',
  terms.SOURCE_VISIBILITIES,
  'Whether those who see a version may read its source and stack traces.',
);
export const NetworkAccess = enumOf(
  'NetworkAccess',
  terms.NETWORK_ACCESSES,
  'Told to the backend with every call.',
);
export const GrantLevel = enumOf('GrantLevel', terms.GRANT_LEVELS, 'What a grant gives.');
export const Stability = enumOf('Stability', terms.STABILITIES, 'What the publisher says of a version.');
export const Bump = enumOf('Bump', terms.BUMPS, 'Which number of the version goes up.');
export const BuildStatus = enumOf('BuildStatus', terms.BUILD_STATUSES, 'How a build ended.');
export const VersionState = enumOf('VersionState', terms.VERSION_STATES, 'Where a version stands.');
export const SelectorKind = enumOf(
  'SelectorKind',
  terms.SELECTOR_KINDS,
  'How the third part of a reference is read.',
);
export const InterfacePolicy = enumOf(
  'InterfacePolicy',
  terms.INTERFACE_POLICIES,
  'What happens to a version whose number says less than its interface changed.',
  {
    ENFORCE: 'It is refused.',
    WARN: 'It is published, with the report.',
  },
);
export const ProtectStable = enumOf(
  'ProtectStable',
  terms.PROTECT_STABLE,
  'Which public releases wait until a second person approves them.',
  {
    MAJOR: 'Those that open a major.',
    MINOR: 'Those that open a major or a minor.',
    EVERY: 'All of them.',
  },
);
export const Severity = enumOf(
  'Severity',
  terms.SEVERITIES,
  'What a change of an interface is to its callers.',
);
export const MoveKind = enumOf('MoveKind', terms.MOVE_KINDS, 'How a pointer came to where it points.', {
  MOVE: 'To where its mover said.',
  ROLLBACK: 'Back to what it pointed to before and is still good.',
});
export const SigningAlgorithm = enumOf(
  'SigningAlgorithm',
  terms.SIGNING_ALGORITHMS,
  'How owners sign what they publish.',
  { ECDSA_P256: 'With SHA-256, the signature in DER.' },
);
export const SbomFormat = enumOf('SbomFormat', terms.SBOM_FORMATS, 'What an SBOM is written in, as JSON.');
export const VulnerabilitySeverity = enumOf(
  'VulnerabilitySeverity',
  terms.VULNERABILITY_SEVERITIES,
  'How bad a vulnerability is: the worst rating that it has, by CVSS or by its database.',
  { UNKNOWN: 'Nobody rated it. It counts as worse than CRITICAL.' },
);
export const MaxSeverity = enumOf(
  'MaxSeverity',
  terms.MAX_SEVERITIES,
  'The worst vulnerability that a version may be known to have when it enters `stable`.',
  { ANY: 'Nothing is asked, not even a scan.', NONE: 'Only what is rated 0.0.' },
);
export const Role = enumOf('Role', principal.ROLES, 'The role of a user in an organisation.');

const meanings = Object.fromEntries(ERROR_CODES.map((code) => [code, ERROR_TABLE[code][1]])) as Partial<
  Record<(typeof ERROR_CODES)[number], string>
>;

export const ErrorCode = enumOf('ErrorCode', ERROR_CODES, 'What went wrong; see docs/errors.md.', meanings);
