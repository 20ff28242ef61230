import type { Span } from '../../../domain/usage/cover';
import type { Grouping } from '../../../domain/usage/granularity';
import type { UsageLoaders } from '../loaders';
import { type CallScope, cellsWithin, recordsWithin } from '../targets/scope';
import { type ProvidedTarget, rollupsFor } from '../targets/target';
import type { Cell } from './cell';
import { recordSpans } from './cells-store';

/** What a target takes in. Of an owner it is all of its algorithms, which are looked up. */
export async function scopeOf(loaders: UsageLoaders, target: ProvidedTarget): Promise<CallScope> {
  if (target.kind !== 'PROVIDER') return target.scope;
  return { algorithmIds: await loaders.algorithmIds.load(target.ownerId), versionIds: null };
}

/** All calls of a target, by whomever, as finely as a grouping needs them. */
export async function cellsOfAll(
  loaders: UsageLoaders,
  target: ProvidedTarget,
  groupBy: Grouping | null,
  spans: readonly Span[],
): Promise<Cell[]> {
  const byAlgorithm = groupBy === 'VERSION' || groupBy === 'MAJOR';
  const needsScope = byAlgorithm || hasRecords(spans) || target.kind !== 'PROVIDER';
  const scope = needsScope ? await scopeOf(loaders, target) : { algorithmIds: [], versionIds: null };
  const rollups = rollupsFor(target, groupBy, scope);
  const [counted, records] = await Promise.all([
    'subjects' in rollups
      ? Promise.all(rollups.subjects.map((subject) => loaders.subjects.load({ subject, spans })))
      : Promise.all(rollups.families.map((part) => loaders.families.load({ ...part, spans }))),
    recordsOf(loaders, scope, null, spans),
  ]);
  return [...counted.flat(), ...records];
}

/** The calls of one caller within a scope. */
export async function cellsOfCaller(
  loaders: UsageLoaders,
  callerId: number,
  scope: CallScope,
  spans: readonly Span[],
): Promise<Cell[]> {
  const [counted, records] = await Promise.all([
    Promise.all(
      scope.algorithmIds.map((algorithmId) => loaders.ownCalls.load({ callerId, algorithmId, spans })),
    ),
    recordsOf(loaders, scope, callerId, spans),
  ]);
  return [...cellsWithin(counted.flat(), scope), ...records];
}

/** All calls of one caller, whatever it called: told apart by what it was where the grouping needs it. */
export async function cellsOfConsumer(
  loaders: UsageLoaders,
  target: { readonly subject: Cell['about'] & string; readonly callerId: number },
  groupBy: Grouping | null,
  spans: readonly Span[],
): Promise<Cell[]> {
  const { subject, callerId } = target;
  const apart = groupBy === 'VERSION' || groupBy === 'MAJOR' || groupBy === 'ALGORITHM';
  const [counted, records] = await Promise.all([
    apart
      ? loaders.ownCalls.load({ callerId, algorithmId: null, spans })
      : loaders.subjects.load({ subject, spans }),
    hasRecords(spans) ? loaders.records.load({ callerId, algorithmId: null, spans }) : [],
  ]);
  return [...counted, ...records];
}

async function recordsOf(
  loaders: UsageLoaders,
  scope: CallScope,
  callerId: number | null,
  spans: readonly Span[],
): Promise<Cell[]> {
  if (!hasRecords(spans)) return [];
  const { algorithmIds } = scope;
  const found = await Promise.all(
    algorithmIds.map((algorithmId) => loaders.records.load({ algorithmId, callerId, spans })),
  );
  return recordsWithin(new Map(algorithmIds.map((id, at) => [id, found[at] ?? []])), scope);
}

function hasRecords(spans: readonly Span[]): boolean {
  return recordSpans(spans).length > 0;
}
