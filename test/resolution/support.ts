import { createHash } from 'node:crypto';

import type { Database } from '../../src/database';
import { AlgogateError } from '../../src/domain/errors';
import { OPERATOR } from '../../src/domain/principal';
import { parseReference } from '../../src/domain/reference';
import { canonicalSelector, resolve } from '../../src/domain/resolve';
import type { GrantLevel, Visibility } from '../../src/domain/terms';
import { Follower, Ledger } from '../../src/ledger';
import { type Answer, PastResolution, positionOf, ResolutionIndex } from '../../src/resolution';
import { AccessService } from '../../src/subgraphs/access';
import { AlgorithmService } from '../../src/subgraphs/registry/algorithms/service';
import { BuildService } from '../../src/subgraphs/registry/publishing/build-service';
import { PublishService } from '../../src/subgraphs/registry/publishing/publish-service';
import { promoteAll } from '../../src/subgraphs/registry/publishing/promotion';
import { ReleaseService } from '../../src/subgraphs/registry/publishing/release-service';
import { pause } from '../ledger/support';

const POLL_MS = 10;

/** One process on a database, with its index and everything that the registry is changed through. */
export class Process {
  private readonly access: AccessService;
  private readonly algorithms: AlgorithmService;
  private readonly builds: BuildService;
  private readonly publications: PublishService;
  private readonly releases: ReleaseService;

  private constructor(
    readonly database: Database,
    readonly follower: Follower,
    readonly index: ResolutionIndex,
    readonly past: PastResolution,
    ledger: Ledger,
  ) {
    const receipts = { signAll: () => Promise.resolve([]) };
    const parts = { database, ledger, index, past, receipts, addresses: { check: () => undefined } };
    this.access = new AccessService({ ...parts, promoteAll });
    this.algorithms = new AlgorithmService(parts);
    this.builds = new BuildService(parts);
    this.publications = new PublishService(parts);
    this.releases = new ReleaseService(parts);
  }

  static async on(database: Database, maxEntries = 10_000, pollMs = POLL_MS): Promise<Process> {
    const ledger = new Ledger(database);
    const follower = new Follower(database, ledger, { maxStalenessMs: 60_000, pollMs });
    await follower.start();
    const index = new ResolutionIndex(database, follower, { maxEntries });
    const past = new PastResolution(database, index, { maxEvents: maxEntries, maxEntries });
    return new Process(database, follower, index, past, ledger);
  }

  /** Waits for a look at the database that began after all that was committed up to now. */
  async caughtUp(): Promise<void> {
    const now = Date.now();
    while (Date.now() - this.follower.stalenessMs <= now) await pause(POLL_MS);
  }

  async owner(handle: string): Promise<void> {
    await this.access.owners.createUser(OPERATOR, { handle });
  }

  async algorithm(owner: string, name: string): Promise<void> {
    await this.algorithms.create(OPERATOR, { owner, name });
  }

  async build(algorithm: string, sha: string, status: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED'): Promise<void> {
    await this.builds.register(OPERATOR, { algorithm, sha, status, backendUrl: 'https://backend.test/' });
  }

  async publish(
    algorithm: string,
    version: string,
    { sha, visibility, open = false }: { sha: string; visibility?: Visibility | undefined; open?: boolean },
  ): Promise<void> {
    const permissions = open ? ({ visibility: 'PUBLIC' } as const) : null;
    await this.publications.publish(OPERATOR, { algorithm, version, sha, visibility, permissions });
  }

  async promote(version: string): Promise<void> {
    await this.releases.promote(OPERATOR, version);
  }

  async yank(version: string): Promise<void> {
    await this.releases.yank(OPERATOR, version, 'a test');
  }

  async unyank(version: string): Promise<void> {
    await this.releases.unyank(OPERATOR, version);
  }

  async openMajor(major: string, promoteExisting: boolean): Promise<void> {
    await this.access.permissions.set(OPERATOR, { major, visibility: 'PUBLIC', promoteExisting });
  }

  async grant(major: string, grantee: string, level: GrantLevel): Promise<void> {
    await this.access.grants.grant(OPERATOR, { major, grantee, level });
  }

  async revoke(major: string, grantee: string): Promise<void> {
    await this.access.grants.revoke(OPERATOR, { major, grantee });
  }

  async stop(): Promise<void> {
    await this.follower.stop();
  }
}

/** A commit for every name that a test gives one. */
export function shaOf(name: string): string {
  return createHash('sha1').update(name).digest('hex');
}

/** An index that has nothing in memory, and whose process hears of nothing. */
export async function coldIndex(database: Database): Promise<ResolutionIndex> {
  const follower = new Follower(database, new Ledger(database), { maxStalenessMs: 60_000, pollMs: 60_000 });
  await follower.start();
  await follower.stop();
  return new ResolutionIndex(database, follower, { maxEntries: 10_000 });
}

/** All that an index says of one algorithm: what each selector names, at which position, and its standing. */
export async function everythingOf(
  index: ResolutionIndex,
  algorithm: string,
  selectors: readonly string[],
): Promise<unknown> {
  const { ownerKey, nameKey } = parseReference(algorithm);
  const view = await index.find(ownerKey, nameKey);
  if (view === null) return null;
  const { id, name, owner, standing, catalog } = view;
  const answers = selectors.map((selector) => {
    const reference = parseReference(`${algorithm}${selector === '' ? '' : '/'}${selector}`);
    const resolved = resolve(catalog, reference.selector);
    if (resolved === null) return [selector, null];
    const answer: Answer = { reference, resolved, algorithm: view };
    return [selector, canonicalSelector(resolved), positionOf(answer), resolved];
  });
  const { listed, permissions, grants } = standing;
  const majors = [...permissions].sort(byNumber);
  const granted = [...grants].sort(byNumber).map(([major, levels]) => [major, [...levels].sort(byNumber)]);
  return { id, name, owner, listed, majors, granted, answers, size: catalog.size };
}

/** Does what may be refused, as the random steps of a history are now and then. */
export async function attempt(step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if (error instanceof AlgogateError && error.code !== 'UNAVAILABLE') return false;
    throw error;
  }
}

function byNumber(a: readonly [number, unknown], b: readonly [number, unknown]): number {
  return a[0] - b[0];
}
