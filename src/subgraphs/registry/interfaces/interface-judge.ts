import { AlgogateError } from '../../../domain/errors';
import {
  assertBump,
  combineReports,
  compareInterfaces,
  type InterfaceReport,
  predecessorsOf,
} from '../../../domain/interface';
import type { Tx } from '../../../database';
import type { Visibility } from '../../../domain/terms';
import type { SemVer } from '../../../domain/version';
import { type InterfaceOf, type KeptReport, releasesBelow } from './store';
import type { AlgorithmPolicies } from '../algorithms/policies';

/** How the interface of a version compares with those of its predecessors. */
export interface Judgement {
  /** Null where there is nothing to compare: no predecessor, or no interface on either side. */
  readonly report: KeptReport | null;
  /** BUMP_TOO_SMALL, listing the changes; null where the number says enough. */
  readonly refusal: AlgogateError | null;
}

const NOTHING: Judgement = { report: null, refusal: null };

/** How long comparisons may take together: some are made while the owner's ledger is locked. */
const MAX_COMPARING_MS = 5000;
/** How long others wait for one stretch of comparing. */
const STRETCH_MS = 20;

/** The time that the comparisons of one mutation take, shared with whatever else the process has to do. */
export class ComparingTime {
  private readonly began = performance.now();
  private stretchBegan = this.began;

  /** To be awaited between two comparisons. @throws AlgogateError UNAVAILABLE where all together take too long */
  async pass(): Promise<void> {
    const now = performance.now();
    if (now - this.began > MAX_COMPARING_MS) {
      throw new AlgogateError('UNAVAILABLE', 'there are too many interfaces to compare with');
    }
    if (now - this.stretchBegan < STRETCH_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.stretchBegan = performance.now();
  }
}

/**
 * Judges one interface as that of a version, or of several numbers that it might get: each comparison is made once.
 * Source: chapter 3, "Interface compatibility".
 */
export class InterfaceJudge {
  /**
   * @param sdl of the build; null: it has none
   * @param compared before, with the same one
   */
  constructor(
    private readonly sdl: string | null,
    private readonly time = new ComparingTime(),
    private readonly compared = new Map<string, InterfaceReport>(),
  ) {}

  /** A judge with time of its own for what a build turned out to carry; what this one compared is compared already. */
  resumed(sdl: string | null): InterfaceJudge {
    return new InterfaceJudge(sdl, new ComparingTime(), sdl === this.sdl ? this.compared : undefined);
  }

  /**
   * @param releases that it may be compared with, in any order, those above it too
   * @throws AlgogateError UNAVAILABLE where they are too many
   */
  async judge(version: SemVer, releases: readonly InterfaceOf[], transitive: boolean): Promise<Judgement> {
    const interfaces = new Map(releases.map(({ version: { key }, interface: sdl }) => [key, sdl]));
    const numbers = releases.map((release) => release.version);
    const predecessors = predecessorsOf(version, numbers, transitive).releases;
    const known = [this.sdl, ...predecessors.map(({ key }) => interfaces.get(key) ?? null)];
    if (predecessors.length === 0 || known.every((sdl) => sdl === null)) return NOTHING;
    const reports = new Map<SemVer, InterfaceReport>();
    for (const predecessor of predecessors) {
      reports.set(predecessor, await this.compare(interfaces.get(predecessor.key) ?? null, version.major));
    }
    // what several of them have alike is compared once, and told once
    const combined = combineReports([...new Set(reports.values())]);
    const acrossMajors = predecessors.some(({ major }) => major !== version.major);
    return { report: { ...combined, acrossMajors }, refusal: refusalOf(version, reports) };
  }

  private async compare(before: string | null, major: number): Promise<InterfaceReport> {
    const key = JSON.stringify([major === 0, before]);
    const known = this.compared.get(key);
    if (known !== undefined) return known;
    await this.time.pass();
    const report = compareInterfaces(before, this.sdl, major);
    this.compared.set(key, report);
    return report;
  }
}

/** A version that is about to appear, to those who will see it. */
export interface JudgedVersion {
  readonly algorithmId: number;
  readonly version: SemVer;
  readonly judge: InterfaceJudge;
  readonly audience: Visibility;
  readonly known?: KnownReleases | null;
}

/** What was read before of the releases below a version, for one audience. */
export interface KnownReleases {
  readonly audience: Visibility;
  readonly releases: readonly InterfaceOf[];
}

/** The releases that a version is compared with; they are read where they are not known. */
export async function comparedReleases(
  tx: Tx,
  { algorithmId, version, audience, known }: JudgedVersion,
  transitive: boolean,
): Promise<readonly InterfaceOf[]> {
  if (known?.audience === audience) return known.releases;
  return releasesBelow(tx, algorithmId, version, { audience, transitive });
}

/**
 * The report on a version against the releases below it, null where there is nothing to compare.
 * @throws AlgogateError BUMP_TOO_SMALL where the policy enforces it; UNAVAILABLE
 */
export async function judgeAgainstReleases(
  tx: Tx,
  candidate: JudgedVersion,
  { interface: policy, interfaceTransitive: transitive }: AlgorithmPolicies,
): Promise<KeptReport | null> {
  const { version, judge } = candidate;
  const releases = await comparedReleases(tx, candidate, transitive);
  const { report, refusal } = await judge.judge(version, releases, transitive);
  if (refusal !== null && policy === 'ENFORCE') throw refusal;
  return report;
}

function refusalOf(version: SemVer, reports: ReadonlyMap<SemVer, InterfaceReport>): AlgogateError | null {
  try {
    for (const [predecessor, report] of reports) assertBump(report, predecessor, version);
    return null;
  } catch (error) {
    if (error instanceof AlgogateError) return error;
    throw error;
  }
}
