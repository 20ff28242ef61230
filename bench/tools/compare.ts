import type { Child } from './child';
import type { LoadResult, LoadSpec } from './load';
import { figure, type Row } from './report';
import { median } from './statistics';

/** One of two servers that are measured against each other. */
export interface Side {
  readonly server: Child;
  readonly port: number;
  /** The whole request, head and body. */
  readonly request: string;
}

export interface Plan {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly connections: number;
  /** Requests per second for both; null: as many as each can. */
  readonly rate: number | null;
}

/** What was measured of one side in one round. */
interface Measured extends LoadResult {
  readonly perSecond: number;
  /** Microseconds of processor time that the server spent on each answer. */
  readonly cpuPerAnswer: number;
  /** How busy the server kept its core, and the load generator its own, from 0 to 1. */
  readonly serverBusy: number;
  readonly loadBusy: number;
}

export interface Comparison {
  readonly ours: readonly Measured[];
  readonly theirs: readonly Measured[];
}

const WARM_UP_MS = 2_500;

/**
 * Loads two servers in turn, several times, so that whatever drifts on the machine meets both: ours, theirs, theirs,
 * ours, and so on, after a warm-up that counts for neither. Where they are asked for all that they can, the half of
 * the rounds counts in which both used most of their core: chosen by that alone, never by the ratio.
 * @param load the child that runs the load generator
 */
export async function compare(load: Child, ours: Side, theirs: Side, plan: Plan): Promise<Comparison> {
  const found: { ours: Measured[]; theirs: Measured[] } = { ours: [], theirs: [] };
  for (const side of [ours, theirs]) await measure(load, side, { ...plan, milliseconds: WARM_UP_MS });
  for (let round = 0; round < plan.rounds; round += 1) {
    const turns = [
      [found.ours, ours],
      [found.theirs, theirs],
    ] as const;
    for (const [list, side] of round % 2 === 0 ? turns : turns.toReversed()) {
      list.push(await measure(load, side, plan));
    }
  }
  return plan.rate === null ? leastDisturbed(found) : found;
}

function leastDisturbed({ ours, theirs }: Comparison): Comparison {
  const pairs = ours.flatMap((one, round) => {
    const other = theirs[round];
    return other === undefined ? [] : [{ one, other, busy: Math.min(one.serverBusy, other.serverBusy) }];
  });
  const kept = pairs.sort((a, b) => b.busy - a.busy).slice(0, Math.ceil(pairs.length / 2));
  return { ours: kept.map(({ one }) => one), theirs: kept.map(({ other }) => other) };
}

async function measure(load: Child, side: Side, plan: Plan): Promise<Measured> {
  const { connections, rate, milliseconds } = plan;
  const spec: LoadSpec = { port: side.port, request: side.request, connections, rate, milliseconds };
  const [serverBefore, loadBefore] = [await side.server.cpu(), await load.cpu()];
  const began = performance.now();
  const result = await load.ask<LoadResult>('run', spec);
  const microseconds = (performance.now() - began) * 1000;
  const serverCpu = (await side.server.cpu()) - serverBefore;
  const loadCpu = (await load.cpu()) - loadBefore;
  return {
    ...result,
    perSecond: result.answers / result.seconds,
    cpuPerAnswer: serverCpu / result.answers,
    serverBusy: serverCpu / microseconds,
    loadBusy: loadCpu / microseconds,
  };
}

/** The row that says by how much one side's throughput is above or below the other's. */
export function throughputRow(what: string, { ours, theirs }: Comparison, atLeast: number): Row {
  const perSecond = (side: readonly Measured[]): string =>
    `${figure(median(side.map((one) => one.perSecond)))}/s`;
  return {
    what,
    ours: perSecond(ours),
    reference: perSecond(theirs),
    ratio: ratioOf(ours, theirs, ({ perSecond: value }) => value),
    target: `at least ${atLeast}`,
  };
}

/** The same by the processor time of an answer, which others on the machine disturb less. Inverted: more is better. */
export function cpuRow(what: string, { ours, theirs }: Comparison): Row {
  const cpu = (side: readonly Measured[]): string =>
    `${figure(median(side.map((one) => one.cpuPerAnswer)))} µs`;
  return {
    what,
    ours: cpu(ours),
    reference: cpu(theirs),
    ratio: ratioOf(ours, theirs, ({ cpuPerAnswer }) => 1 / cpuPerAnswer),
    target: '',
  };
}

/** Answers a second of the slower side: what both can be asked for at once. */
export function slowerPerSecond({ ours, theirs }: Comparison): number {
  return Math.min(...[ours, theirs].map((side) => median(side.map((one) => one.perSecond))));
}

/** The row that says how much longer one side takes than the other at the median, in milliseconds. */
export function latencyRow(what: string, { ours, theirs }: Comparison, atMostMore: number): Row {
  const p50 = (side: readonly Measured[]): number => median(side.map((one) => one.p50));
  const more = p50(ours) - p50(theirs);
  return {
    what,
    ours: `${figure(p50(ours))} ms`,
    reference: `${figure(p50(theirs))} ms`,
    ratio: `${more < 0 ? '−' : '+'}${figure(Math.abs(more))} ms`,
    target: `at most +${atMostMore} ms`,
  };
}

/** What a reader needs to judge whether the servers were what the measurement was bound by. */
export function bottleneckNote({ ours, theirs }: Comparison): string {
  const busy = (side: readonly Measured[], of: (one: Measured) => number): string =>
    `${Math.round(median(side.map(of)) * 100)} %`;
  const server = ({ serverBusy }: Measured): number => serverBusy;
  const load = ({ loadBusy }: Measured): number => loadBusy;
  return (
    `Busy on their own core while loaded: algogate ${busy(ours, server)}, the other ${busy(theirs, server)}; ` +
    `the load generator on the second core ${busy(ours, load)} and ${busy(theirs, load)}. ` +
    'What is missing from 100 % of a server was taken by other programs, or spent waiting for the second core.'
  );
}

/** The median over the rounds of one side's value by the other's of the same round. */
function ratioOf(
  ours: readonly Measured[],
  theirs: readonly Measured[],
  value: (one: Measured) => number,
): string {
  const ratios = ours.flatMap((one, round) => {
    const other = theirs[round];
    return other === undefined ? [] : [value(one) / value(other)];
  });
  const [low, middle, high] = [Math.min(...ratios), median(ratios), Math.max(...ratios)].map((ratio) =>
    ratio.toFixed(2),
  );
  return `**${middle ?? ''}** (${low ?? ''} to ${high ?? ''})`;
}
