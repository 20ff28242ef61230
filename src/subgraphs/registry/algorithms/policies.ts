import { AlgogateError } from '../../../domain/errors';
import {
  ANY_VULNERABILITY,
  validVulnerabilityPolicy,
  type VulnerabilityPolicy,
} from '../../../domain/trust/vulnerability-policy';
import { ANY_LICENCE, type LicencePolicy, validLicencePolicy } from '../../../domain/trust/licence-policy';
import type { InterfacePolicy, ProtectStable } from '../../../domain/terms';
import type { Json, JsonObject } from '../../../ledger';

/** What an algorithm asks of its releases. Source: chapter 3; chapter 4, "Interface checks on calls". */
export interface AlgorithmPolicies {
  /** Whether too small a bump is refused, or published with its report. */
  readonly interface: InterfacePolicy;
  /** Whether a version is compared with all releases below it in its major, rather than with the highest. */
  readonly interfaceTransitive: boolean;
  /** Whether JSON input of calls is checked against the interface. */
  readonly checkInput: boolean;
  /** Which public releases wait for a second person. */
  readonly protectStable: ProtectStable;
  /** How long, in days, a deprecated version stays at the least. */
  readonly deprecationDays: number;
  /** How many minors come out before a deprecated version may go. */
  readonly deprecationMinors: number;
  /** Whether a version carries an attestation that a key of its owner has signed. */
  readonly requireSignature: boolean;
  /** Which licences a version may bring along. */
  readonly licences: LicencePolicy;
  /** What a version may be known to have when it enters `stable`. */
  readonly vulnerabilities: VulnerabilityPolicy;
}

/** Of an algorithm whose owner said nothing. */
export const DEFAULT_POLICIES: AlgorithmPolicies = {
  interface: 'ENFORCE',
  interfaceTransitive: false,
  checkInput: true,
  protectStable: 'NONE',
  deprecationDays: 180,
  deprecationMinors: 2,
  requireSignature: false,
  licences: ANY_LICENCE,
  vulnerabilities: ANY_VULNERABILITY,
};

/** What a change of policies sets; the rest stays. */
export type PoliciesChange = {
  readonly [K in keyof AlgorithmPolicies]?: Said<AlgorithmPolicies[K]> | null | undefined;
};

/** Of lists together, each is said or stays. */
type Said<T> = T extends object ? { readonly [K in keyof T]?: T[K] | null | undefined } : T;

const POLICIES = Object.keys(DEFAULT_POLICIES) as readonly (keyof AlgorithmPolicies)[];
const GREATEST = { deprecationDays: 3650, deprecationMinors: 100 } as const;

/** The policies after a change. @throws AlgogateError INVALID_INPUT for a number that is out of bounds */
export function changePolicies(current: AlgorithmPolicies, change: PoliciesChange): AlgorithmPolicies {
  const next: AlgorithmPolicies = {
    interface: change.interface ?? current.interface,
    interfaceTransitive: change.interfaceTransitive ?? current.interfaceTransitive,
    checkInput: change.checkInput ?? current.checkInput,
    protectStable: change.protectStable ?? current.protectStable,
    deprecationDays: change.deprecationDays ?? current.deprecationDays,
    deprecationMinors: change.deprecationMinors ?? current.deprecationMinors,
    requireSignature: change.requireSignature ?? current.requireSignature,
    vulnerabilities: validVulnerabilityPolicy({
      maxSeverity: change.vulnerabilities?.maxSeverity ?? current.vulnerabilities.maxSeverity,
      maxAgeDays: change.vulnerabilities?.maxAgeDays ?? current.vulnerabilities.maxAgeDays,
    }),
    licences: validLicencePolicy({
      allow: change.licences?.allow ?? current.licences.allow,
      deny: change.licences?.deny ?? current.licences.deny,
    }),
  };
  for (const policy of ['deprecationDays', 'deprecationMinors'] as const) {
    if (next[policy] >= 0 && next[policy] <= GREATEST[policy]) continue;
    throw new AlgogateError('INVALID_INPUT', `${policy} is from 0 to ${GREATEST[policy]}`, [
      'policies',
      policy,
    ]);
  }
  return next;
}

/** Those of `next` that are not as before, by name; null where all are. */
export function changedPolicies(before: AlgorithmPolicies, next: AlgorithmPolicies): JsonObject | null {
  const changed = POLICIES.filter(
    (policy) => JSON.stringify(next[policy]) !== JSON.stringify(before[policy]),
  );
  return changed.length === 0
    ? null
    : Object.fromEntries(changed.map((policy) => [policy, jsonOf(next[policy])]));
}

function jsonOf(policy: AlgorithmPolicies[keyof AlgorithmPolicies]): Json {
  return typeof policy === 'object' ? { ...policy } : policy;
}
