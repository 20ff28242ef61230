import DataLoader from 'dataloader';

import type { Tx } from '../../../database';
import { type ApprovalRecord, approvalsOf } from '../approvals/store';
import { type KeptReport, keyText, type ReportKey, reportsOf } from './store';
import { type AlgorithmPolicies, DEFAULT_POLICIES } from '../algorithms/policies';
import { policiesById } from '../algorithms/policies-store';

/** What releases are judged by and how they were, for all that one request asks for: one query for each kind. */
export interface JudgementLoaders {
  /** By the id of an algorithm. */
  readonly policies: DataLoader<number, AlgorithmPolicies>;
  /** Null where nothing was compared. */
  readonly interfaceReport: DataLoader<ReportKey, KeptReport | null, string>;
  /** By the id of a version; null where nobody decided on it. */
  readonly approval: DataLoader<number, ApprovalRecord | null>;
}

export function judgementLoaders(reads: Tx): JudgementLoaders {
  return {
    policies: new DataLoader(async (ids) => {
      const found = await policiesById(reads, ids);
      return ids.map((id) => found.get(id) ?? DEFAULT_POLICIES);
    }),
    interfaceReport: new DataLoader((keys) => reportsOf(reads, keys), { cacheKeyFn: keyText }),
    approval: new DataLoader(async (ids) => {
      const found = new Map((await approvalsOf(reads, ids)).map((one) => [one.versionId, one]));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
