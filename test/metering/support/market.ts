import { BuildRow, VersionRow } from '../../../entities';
import type { Database } from '../../../src/database';
import { type CallRecord, OUTCOMES } from '../../../src/domain/usage/call';
import { World } from '../../builders/services';
import { randoms } from '../../domain/usage/support';

/** 2026-03-31T23:58:30Z: a minute and a half before a new minute, hour, day and month at once. */
export const NOW = Date.UTC(2026, 2, 31, 23, 58, 30);

/** What can be called: a version, or a build that no version names. */
export interface Callable {
  readonly ownerId: number;
  readonly algorithmId: number;
  readonly versionId: number | null;
  readonly major: number | null;
  readonly buildId: number;
  readonly sha: string;
}

/** Three algorithms of two owners: versions of several majors, and builds without one. */
export async function market(database: Database): Promise<readonly Callable[]> {
  const world = await World.open(database);
  const callables: Callable[] = [];
  for (const [owner, name] of [
    ['Ann', 'Detect'],
    ['Ann', 'Count'],
    ['Bob', 'Detect'],
  ] as const) {
    if (name === 'Detect') await world.user(owner);
    const algorithmId = await world.algorithm(owner, name, { versions: ['1.0.0', '1.1.0', '2.0.0'] });
    const sha = `${algorithmId}`.padStart(40, 'a');
    await database.write((tx) =>
      tx.insert(BuildRow, { algorithmId, sha, status: 'SUCCEEDED', backendUrl: null, createdAt: 1 }),
    );
    const ownerId = await world.idOf(owner);
    const builds = await database.reads.findBy(BuildRow, { algorithmId });
    const versions = await database.reads.findBy(VersionRow, { algorithmId });
    for (const build of builds) {
      const version = versions.find(({ buildId }) => buildId === build.id);
      const { id: versionId = null, major = null } = version ?? {};
      callables.push({ ownerId, algorithmId, versionId, major, buildId: build.id, sha: build.sha });
    }
  }
  await world.stop();
  return callables;
}

const SELECTORS = ['LATEST', 'FULL', 'RANGE'] as const;
const PRINCIPALS = ['owner:1', 'owner:2', 'owner:77', 'operator'];

/** Records of a few minutes around NOW and of some days before it, the same for the same seed. */
export function randomRecords(
  callables: readonly Callable[],
  count: number,
  seed: number,
  now = NOW,
): CallRecord[] {
  const random = randoms(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const oneOf = <T>(values: readonly T[]): T => values[below(values.length)]!;
  return Array.from({ length: count }, (_, at) => {
    const { algorithmId, versionId, buildId, sha } = oneOf(callables);
    const principal = oneOf(PRINCIPALS);
    return {
      requestId: `r-${seed}-${at}`,
      start: now + (below(3) === 0 ? -below(40 * 86_400_000) : below(180_000)),
      durationMs: below(5000) / 10,
      backendMs: 1,
      principal,
      keyId: principal === 'operator' ? null : below(3) + 1,
      calledFor: null,
      reference: 'a/b/1.0.0',
      selectorKind: oneOf(SELECTORS),
      algorithmId,
      versionId,
      buildId,
      sha,
      position: 'a@1',
      outcome: below(2) === 0 ? 'OK' : oneOf(OUTCOMES),
      bytesIn: below(1000),
      bytesOut: below(2 ** 40),
      artifacts: null,
    };
  });
}

/** One call to what is callable; the same in all that cells look at, unless said otherwise. */
export function call(to: Callable, requestId: string, more: Partial<CallRecord> = {}): CallRecord {
  const [made] = randomRecords([to], 1, 1);
  const alike = { start: NOW, principal: 'owner:77', keyId: 4, selectorKind: 'FULL', outcome: 'OK' } as const;
  return { ...made!, ...alike, requestId, ...more };
}
