import type DataLoader from 'dataloader';

import type { Database } from '../../../database';
import type { Span } from '../../../domain/usage/cover';
import type { SubjectKey } from '../../../domain/usage/subject';
import type { UsageBounds } from '../bounds';
import { groupedLoader, type Timed } from '../grouped-loader';
import type { Cell } from '../series/cell';
import { readRecords } from '../series/records-store';
import { readSubjects } from '../series/store';
import { type CallScope, recordsWithin } from '../targets/scope';
import { type CallersPage, readPairs, readRecentCallers, readTopCallers, type RecentCaller } from './store';

/** So many callers have a series of their own; the others are one together. Source: chapter 6. */
const TOP_CALLERS = 100;

/** Who called a subject. */
interface CallersAsked extends Timed {
  readonly subject: SubjectKey;
  readonly scope: CallScope;
}

/** All calls of a subject, and those of the callers that called most, which are among them. */
interface CalledBy {
  readonly all: readonly Cell[];
  /** The most calls first. */
  readonly top: readonly number[];
  readonly ofTop: readonly Cell[];
}

/** Who called of late, of whole days. */
interface RecentAsked extends Timed {
  readonly scope: CallScope;
  readonly page: CallersPage;
}

export interface CallerLoaders {
  readonly calledBy: DataLoader<CallersAsked, CalledBy>;
  readonly recentCallers: DataLoader<RecentAsked, readonly RecentCaller[]>;
}

export function callerLoaders(database: Database, bounds: UsageBounds): CallerLoaders {
  return {
    calledBy: groupedLoader(
      () => '',
      ({ spans }, asked) => calledBy(database, asked, spans, bounds),
    ),
    recentCallers: groupedLoader(
      ({ page }) => `${page.limit} ${page.calls}`,
      ({ spans, page }, asked) => {
        const scopes = asked.map(({ scope }) => scope);
        return readRecentCallers(database.reads, { scopes, page }, spans, bounds);
      },
    ),
  };
}

/**
 * Of one moment: what the top callers called is taken out of all that was called. It decodes as many cells as fit into
 * memory, so that it is long: the index of resolution must not queue behind it.
 */
function calledBy(
  database: Database,
  asked: readonly CallersAsked[],
  spans: readonly Span[],
  bounds: UsageBounds,
): Promise<CalledBy[]> {
  const scopes = asked.map(({ scope }) => scope);
  return database.longSnapshot(async (tx) => {
    const ranked = await readTopCallers(tx, scopes, spans, TOP_CALLERS);
    const top = ranked.map((callers) => callers.map(({ callerId }) => callerId));
    const withTop = scopes.map((scope, at) => ({ ...scope, callerIds: top[at] ?? [] }));
    const pairs = await readPairs(tx, withTop, spans, bounds);
    const subjects = asked.map(({ subject }) => subject);
    const rollups = await readSubjects(tx, [...new Set(subjects)], spans, bounds);
    const algorithmIds = [...new Set(scopes.flatMap((scope) => scope.algorithmIds))];
    const records = await readRecords(tx, { algorithmIds, callerId: null }, spans, bounds);
    return asked.map(({ subject, scope }, at) => {
      const single = recordsWithin(records, scope);
      const isTop = new Set<number | null>(top[at]);
      return {
        all: [...(rollups.get(subject) ?? []), ...single],
        top: top[at] ?? [],
        ofTop: [...(pairs[at] ?? []), ...single.filter(({ callerId }) => isTop.has(callerId))],
      };
    });
  });
}
