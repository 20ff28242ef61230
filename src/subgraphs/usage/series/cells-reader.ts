import type { Span } from '../../../domain/usage/cover';
import type { Grouping } from '../../../domain/usage/granularity';
import type { UsageLoaders } from '../loaders';
import { ownedBy } from '../targets/owned';
import { type CallScope, cellsWithin, recordsWithin } from '../targets/scope';
import { type ProvidedTarget, type Rollups, rollupsFor } from '../targets/target';
import { type Cell, cellsOf } from './cell';
import { type Detail, recordSpans } from './cells-store';

/** Of what time rollups are read, and how finely. */
interface Read {
  readonly spans: readonly Span[];
  readonly detail: Detail;
}

function detailFor(groupBy: Grouping | null): Detail {
  return groupBy === 'SELECTOR' || groupBy === 'OUTCOME' ? 'PARTS' : 'TOTAL';
}

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
  const [counted, records] = await Promise.all([
    cellsIn(loaders, rollupsFor(target, groupBy, scope), { spans, detail: detailFor(groupBy) }),
    recordsOf(loaders, scope, null, spans),
  ]);
  return [...counted, ...records];
}

async function cellsIn(loaders: UsageLoaders, rollups: Rollups, read: Read): Promise<readonly Cell[]> {
  if (!('subjects' in rollups)) return loaders.families.load({ ...rollups, spans: read.spans });
  const { subjects } = rollups;
  return (await Promise.all(subjects.map((subject) => loaders.subjects.load({ subject, ...read })))).flat();
}

/** The calls of one caller to what a target takes in, as finely as a grouping needs them. */
export async function cellsOfCaller(
  loaders: UsageLoaders,
  { callerId, target }: { readonly callerId: number; readonly target: ProvidedTarget },
  groupBy: Grouping | null,
  spans: readonly Span[],
): Promise<Cell[]> {
  const detail = detailFor(groupBy);
  if (target.kind === 'PROVIDER') {
    const cells = await cellsOfWhatever(loaders, callerId, { spans, detail });
    return ownedBy(loaders, target.ownerId, cells);
  }
  const { scope } = target;
  const [counted, records] = await Promise.all([
    loaders.ownCalls.load({ callerId, algorithmIds: scope.algorithmIds, spans, detail }),
    recordsOf(loaders, scope, callerId, spans),
  ]);
  return [...cellsWithin(counted, scope), ...records];
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
  const read = { spans, detail: detailFor(groupBy) };
  if (apart) return cellsOfWhatever(loaders, callerId, read);
  const [counted, records] = await Promise.all([
    loaders.subjects.load({ subject, ...read }),
    recordsOfWhatever(loaders, callerId, spans),
  ]);
  return [...counted, ...records];
}

/** The same, told apart by what was called. */
async function cellsOfWhatever(loaders: UsageLoaders, callerId: number, read: Read): Promise<Cell[]> {
  const [counted, records] = await Promise.all([
    loaders.ownCalls.load({ callerId, algorithmIds: null, ...read }),
    recordsOfWhatever(loaders, callerId, read.spans),
  ]);
  return [...counted, ...records];
}

async function recordsOfWhatever(
  loaders: UsageLoaders,
  callerId: number,
  spans: readonly Span[],
): Promise<Cell[]> {
  if (!hasRecords(spans)) return [];
  return cellsOf(await loaders.records.load({ callerId, algorithmIds: null, spans }), null);
}

async function recordsOf(
  loaders: UsageLoaders,
  scope: CallScope,
  callerId: number | null,
  spans: readonly Span[],
): Promise<Cell[]> {
  if (!hasRecords(spans)) return [];
  const { algorithmIds } = scope;
  return recordsWithin(await loaders.records.load({ algorithmIds, callerId, spans }), scope);
}

function hasRecords(spans: readonly Span[]): boolean {
  return recordSpans(spans).length > 0;
}
