import { In } from 'typeorm';

import { AlgorithmPolicyRow } from '../../../../entities';
import type { Tx } from '../../../database';
import { ANY_VULNERABILITY, type VulnerabilityPolicy } from '../../../domain/trust/vulnerability-policy';
import { ANY_LICENCE, type LicencePolicy } from '../../../domain/trust/licence-policy';
import { type AlgorithmPolicies, DEFAULT_POLICIES } from './policies';

/** What an algorithm asks of its releases; the defaults where its owner said nothing. */
export async function policiesOf(tx: Tx, algorithmId: number): Promise<AlgorithmPolicies> {
  const row = await tx.findOneBy(AlgorithmPolicyRow, { algorithmId });
  return row === null ? DEFAULT_POLICIES : policiesIn(row);
}

/** The same of several algorithms, by their ids; those of which nothing was said are not among them. */
export async function policiesById(
  tx: Tx,
  algorithmIds: readonly number[],
): Promise<ReadonlyMap<number, AlgorithmPolicies>> {
  const rows = await tx.findBy(AlgorithmPolicyRow, { algorithmId: In([...algorithmIds]) });
  return new Map(rows.map((row) => [row.algorithmId, policiesIn(row)]));
}

/** Keeps what an algorithm asks from now on. Under the lock of the owner's ledger. */
export async function setPolicies(tx: Tx, algorithmId: number, policies: AlgorithmPolicies): Promise<void> {
  const { interface: interfacePolicy, requireSignature, licences, vulnerabilities, ...rest } = policies;
  const row = {
    ...rest,
    interfacePolicy,
    requireSignature: Number(requireSignature),
    licencePolicy: JSON.stringify(licences),
    vulnerabilityPolicy: JSON.stringify(vulnerabilities),
  };
  const there = await tx.existsBy(AlgorithmPolicyRow, { algorithmId });
  if (there) await tx.update(AlgorithmPolicyRow, { algorithmId }, row);
  else await tx.insert(AlgorithmPolicyRow, { algorithmId, ...row });
}

function policiesIn(row: AlgorithmPolicyRow): AlgorithmPolicies {
  const { interfacePolicy, interfaceTransitive, checkInput, protectStable } = row;
  const { deprecationDays, deprecationMinors } = row;
  return {
    interface: interfacePolicy,
    interfaceTransitive,
    checkInput,
    protectStable,
    deprecationDays,
    deprecationMinors,
    requireSignature: row.requireSignature === 1,
    vulnerabilities:
      row.vulnerabilityPolicy === null
        ? ANY_VULNERABILITY
        : (JSON.parse(row.vulnerabilityPolicy) as VulnerabilityPolicy),
    licences: row.licencePolicy === null ? ANY_LICENCE : (JSON.parse(row.licencePolicy) as LicencePolicy),
  };
}
