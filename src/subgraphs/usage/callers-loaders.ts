import DataLoader from 'dataloader';

import type { Database } from '../../database';
import type { Span } from '../../domain/usage/cover';
import type { SubjectKey } from '../../domain/usage/subject';
import {
  type CallersPage,
  readPairs,
  readRecentCallers,
  readTopCallers,
  type RecentCaller,
} from './callers-store';
import type { Cell } from './cell';
import { readRecords } from './records-store';
import type { CallScope } from './scope';
import { readSubjects } from './usage-store';

/** So many callers have a series of their own; the others are one together. Source: chapter 6. */
export const TOP_CALLERS = 100;

/** Who called a subject. */
export interface CallersAsked {
  readonly subject: SubjectKey;
  readonly scope: CallScope;
  readonly spans: readonly Span[];
}

/** All calls of a subject, and those of the callers that called most, which are among them. */
export interface CalledBy {
  readonly all: readonly Cell[];
  /** The most calls first. */
  readonly top: readonly number[];
  readonly ofTop: readonly Cell[];
}

export interface RecentAsked {
  readonly scope: CallScope;
  readonly page: CallersPage;
  /** Of whole days. */
  readonly span: Span;
}

export interface CallerLoaders {
  readonly calledBy: DataLoader<CallersAsked, CalledBy>;
  readonly recentCallers: DataLoader<RecentAsked, readonly RecentCaller[]>;
}

const BATCH_ONLY = { cache: false } as const;

export function callerLoaders(database: Database): CallerLoaders {
  return {
    calledBy: new DataLoader(
      (asked) =>
        byTime(
          asked,
          ({ spans }) => spans,
          (group) => calledBy(database, group),
        ),
      BATCH_ONLY,
    ),
    recentCallers: new DataLoader(
      (asked) =>
        byTime(
          asked,
          ({ span, page }) => ({ span, page }),
          (group) => recent(database, group),
        ),
      BATCH_ONLY,
    ),
  };
}

/** Of one moment: what the top callers called is taken out of all that was called. */
function calledBy(database: Database, asked: readonly CallersAsked[]): Promise<CalledBy[]> {
  const spans = asked[0]?.spans ?? [];
  const scopes = asked.map(({ scope }) => scope);
  return database.snapshot(async (tx) => {
    const ranked = await readTopCallers(tx, scopes, spans, TOP_CALLERS);
    const top = ranked.map((callers) => callers.map(({ callerId }) => callerId));
    const withTop = scopes.map((scope, at) => ({ ...scope, callerIds: top[at] ?? [] }));
    const pairs = await readPairs(tx, withTop, spans);
    const subjects = asked.map(({ subject }) => subject);
    const rollups = await readSubjects(tx, [...new Set(subjects)], spans);
    const algorithmIds = [...new Set(scopes.flatMap((scope) => scope.algorithmIds))];
    const records = await readRecords(tx, { algorithmIds, callerId: null }, spans);
    return asked.map(({ subject, scope }, at) => {
      const single = recordsWithin(records, scope);
      const isTop = new Set(top[at]);
      return {
        all: [...(rollups.get(subject) ?? []), ...single],
        top: top[at] ?? [],
        ofTop: [...(pairs[at] ?? []), ...single.filter(({ callerId }) => isTop.has(callerId ?? -1))],
      };
    });
  });
}

/** Of the records of algorithms, by algorithm, those that a scope means. */
export function recordsWithin(
  records: ReadonlyMap<number, readonly Cell[]>,
  { algorithmIds, versionIds }: CallScope,
): Cell[] {
  const cells = algorithmIds.flatMap((id) => records.get(id) ?? []);
  if (versionIds === null) return cells;
  const units = new Set<string | null>(versionIds.map((id) => `version:${id}`));
  return cells.filter(({ about }) => units.has(about));
}

function recent(database: Database, asked: readonly RecentAsked[]) {
  const [first] = asked;
  if (first === undefined) return Promise.resolve([]);
  const scopes = asked.map(({ scope }) => scope);
  return readRecentCallers(database.reads, scopes, [first.span], first.page);
}

/** Reads together what is asked of the same time. */
async function byTime<K extends object, T>(
  asked: readonly K[],
  timeOf: (key: K) => unknown,
  read: (group: readonly K[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const groups = new Map<string, K[]>();
  for (const one of asked) {
    const name = JSON.stringify(timeOf(one));
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const found = new Map<K, T>();
  for (const group of groups.values()) {
    const all = await read(group);
    group.forEach((one, at) => found.set(one, all[at] as T));
  }
  return asked.map((one) => found.get(one) as T);
}
