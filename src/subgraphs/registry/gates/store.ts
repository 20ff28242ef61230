import { IsNull, Not } from 'typeorm';

import { ArtifactPointerRow, ChannelEntryRow, GatePolicyRow, GateReportRow } from '../../../../entities';
import type { Tx } from '../../../database';
import {
  formatGate,
  type Gate,
  type GatePolicy,
  type GateReport,
  parseGate,
  type ReportValues,
} from '../../../domain/release';
import type { Page } from '../../shared/paging';
import { type Numbered, newestOf } from '../channels/history-store';
import type { ChannelGates, GateReportRecord } from '../records';
import type { Stamp } from '../stamp';

/** What is measured and judged: a version, or a revision of an artifact. By the id of its row. */
export type Measured = { readonly versionId: number } | { readonly revisionId: number };

/** The gates of a channel that are in force; null where it has none. */
export async function gatePolicyOf(tx: Tx, algorithmId: number, channel: string): Promise<GatePolicy | null> {
  const row = await tx.findOne(GatePolicyRow, { where: { algorithmId, channel }, order: { id: 'DESC' } });
  const gates = row === null ? [] : gatesOf(row);
  return row === null || gates.length === 0 ? null : { id: row.id, gates };
}

/** The gates of some algorithms that are in force, in the order of channels; channels without are not among them. */
export async function channelGatesOf(tx: Tx, algorithmIds: readonly number[]): Promise<ChannelGates[]> {
  return (await policiesInForce(tx, algorithmIds)).map(({ algorithmId, channel, since, policy }) => ({
    algorithmId,
    channel,
    gates: policy.gates.map(formatGate),
    since,
  }));
}

/** A policy in force, with its channel. */
export interface ChannelPolicy extends Omit<ChannelGates, 'gates'> {
  readonly policy: GatePolicy;
}

/** The same as `channelGatesOf`, to judge by. */
export async function policiesInForce(tx: Tx, algorithmIds: readonly number[]): Promise<ChannelPolicy[]> {
  const rows = await tx
    .createQueryBuilder(GatePolicyRow, 'policy')
    .where('policy.algorithm_id IN (:...algorithmIds)', { algorithmIds: [...algorithmIds] })
    .andWhere(
      `NOT EXISTS (SELECT 1 FROM gate_policies later WHERE later.algorithm_id = policy.algorithm_id
                      AND later.channel = policy.channel AND later.id > policy.id)`,
    )
    .orderBy('policy.channel')
    .getMany();
  return rows
    .map(({ id, algorithmId, channel, at, ...row }) => ({
      algorithmId,
      channel,
      policy: { id, gates: gatesOf(row) },
      since: Number(at),
    }))
    .filter(({ policy }) => policy.gates.length > 0);
}

/** The id of the newest policy of an algorithm, of whatever channel; 0 where it never had one. */
export async function newestPolicyId(tx: Tx, algorithmId: number): Promise<number> {
  return Number((await tx.maximum(GatePolicyRow, 'id', { algorithmId })) ?? 0);
}

/** From now on a channel has these gates; an empty list takes its policy away. */
export async function insertGatePolicy(
  tx: Tx,
  policy: { readonly algorithmId: number; readonly channel: string; readonly gates: readonly string[] },
  { at, byId }: Stamp,
): Promise<void> {
  const { algorithmId, channel, gates } = policy;
  await tx.insert(GatePolicyRow, { algorithmId, channel, gatesJson: JSON.stringify(gates), at, byId });
}

/** Reports are kept for ever, but only this many of one version, the newest, are judged: the owner's lock is held. */
const MAX_REPORTS_JUDGED = 500;

/**
 * What the reports on something say of some names, oldest first: of each name its newest value, in the report that it
 * comes from. That is all that a judgement needs: a report never counts for a newer policy than those after it. A value
 * that none of the newest 500 reports names is not there, and no gate on it is passed.
 */
export async function newestReportsOf(
  tx: Tx,
  measured: Measured,
  names: ReadonlySet<string>,
): Promise<GateReport[]> {
  const rows = await tx.find(GateReportRow, {
    select: { id: true, policyId: true, valuesJson: true },
    where: measured,
    order: { id: 'DESC' },
    take: MAX_REPORTS_JUDGED,
  });
  const missing = new Set(names);
  const reports: GateReport[] = [];
  for (const { policyId, valuesJson } of rows) {
    if (missing.size === 0) break;
    const found = Object.entries(valuesOf(valuesJson)).filter(([name]) => missing.delete(name));
    if (found.length > 0) reports.push({ policyId, values: Object.fromEntries(found) });
  }
  return reports.reverse();
}

/** One page of the reports of each of some versions, newest first. */
export async function gateReportsPage(
  tx: Tx,
  versionIds: readonly number[],
  page: Page,
): Promise<GateReportRecord[]> {
  const rows = await newestOf<RawReport>(
    tx,
    {
      table: 'gate_reports',
      of: ['version_id'],
      columns: { versionId: 'version_id', valuesJson: 'values_json', at: 'at', byId: 'by_id' },
    },
    `version_id IN (${versionIds.map(() => '?').join()})`,
    versionIds,
    page,
  );
  return rows.map(({ versionId, number, valuesJson, at, byId }) => ({
    versionId,
    number,
    values: valuesOf(valuesJson),
    at: Number(at),
    byId,
  }));
}

interface RawReport extends Numbered {
  readonly versionId: number;
  readonly valuesJson: string;
  readonly at: number | string;
  readonly byId: number | null;
}

/** Keeps a report for ever. @param report `policyId`: the newest policy that it counts for */
export async function insertGateReport(
  tx: Tx,
  report: { readonly policyId: number; readonly values: ReportValues; readonly measured: Measured },
  { at, byId }: Stamp,
): Promise<void> {
  const { policyId, values, measured } = report;
  const subject = { versionId: null, revisionId: null, ...measured };
  await tx.insert(GateReportRow, { ...subject, policyId, valuesJson: JSON.stringify(values), at, byId });
}

/** The channels that a version has entered. */
export async function entriesOf(tx: Tx, versionId: number): Promise<ReadonlySet<string>> {
  const rows = await tx.findBy(ChannelEntryRow, { versionId });
  return new Set(rows.map(({ channel }) => channel));
}

/** Every public release that has not entered `stable` does so. */
export async function enterAll(tx: Tx, algorithmId: number, at: number): Promise<void> {
  await tx.query(
    `INSERT INTO channel_entries (version_id, channel, at)
       SELECT v.id, 'stable', ? FROM versions v
        WHERE v.algorithm_id = ? AND v.visibility = 'PUBLIC' AND v.state = 'PUBLISHED'
          AND v.release_build_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM channel_entries e WHERE e.version_id = v.id AND e.channel = 'stable')`,
    [at, algorithmId],
  );
}

/** The revision that the manifest of the highest major that points to one does. Null: none does. */
export async function revisionInUse(tx: Tx, algorithmId: number, name: string): Promise<number | null> {
  const row = await tx.findOne(ArtifactPointerRow, {
    // after a rollback to nowhere a manifest keeps its row
    where: { algorithmId, name, revisionId: Not(IsNull()) },
    order: { major: 'DESC' },
  });
  return row?.revisionId ?? null;
}

function gatesOf({ gatesJson }: Pick<GatePolicyRow, 'gatesJson'>): Gate[] {
  return (JSON.parse(gatesJson) as string[]).map((text) => parseGate(text));
}

function valuesOf(json: string): ReportValues {
  return JSON.parse(json) as ReportValues;
}
