import type DataLoader from 'dataloader';

import type { Database } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { Span } from '../../../domain/usage/cover';
import type { SubjectKey } from '../../../domain/usage/subject';
import type { UsageBounds } from '../bounds';
import type { Budget } from '../budget';
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
  /** Is told how many callers have a series of their own, before anything is read for these. @throws AlgogateError */
  readonly admit: (callers: number) => void;
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

export function callerLoaders(database: Database, bounds: UsageBounds, budget: Budget): CallerLoaders {
  return {
    calledBy: groupedLoader(
      () => '',
      ({ spans }, asked) => calledBy(database, asked, spans, budget),
    ),
    recentCallers: groupedLoader(
      ({ page }) => `${page.limit} ${page.calls}`,
      ({ spans, page }, asked) => {
        const scopes = asked.map(({ scope }) => scope);
        return onceEach(scopes, (each) =>
          readRecentCallers(database.reads, { scopes: each, page }, spans, bounds, budget),
        );
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
  budget: Budget,
): Promise<(CalledBy | Error)[]> {
  return database.longSnapshot(async (tx) => {
    const scopesAsked = asked.map(({ scope }) => scope);
    const ranked = await onceEach(scopesAsked, (each) =>
      readTopCallers(tx, each, spans, TOP_CALLERS, budget),
    );
    const admitted = asked.map((one, at) =>
      admittedOf(one, ranked[at]?.map(({ callerId }) => callerId) ?? []),
    );
    const wanted = admitted.filter((one): one is Admitted => !(one instanceof AlgogateError));
    const pairs = await onceEach(wanted.map(withCallers), (each) => readPairs(tx, each, spans, budget));
    const subjects = new Set(wanted.map(({ subject }) => subject));
    const rollups = await readSubjects(tx, { subjects: [...subjects], detail: 'TOTAL' }, spans, budget);
    const algorithmIds = new Set(wanted.flatMap(({ scope }) => scope.algorithmIds));
    const records = await readRecords(tx, { algorithmIds: [...algorithmIds], callerId: null }, spans, budget);
    const pairsOf = new Map(wanted.map((one, at) => [one, pairs[at] ?? []]));
    return admitted.map((one) => {
      if (one instanceof AlgogateError) return one;
      const { subject, scope, top } = one;
      const single = recordsWithin(records, scope);
      const isTop = new Set<number | null>(top);
      return {
        all: [...(rollups.get(subject) ?? []), ...single],
        top,
        ofTop: [...(pairsOf.get(one) ?? []), ...single.filter(({ callerId }) => isTop.has(callerId))],
      };
    });
  });
}

/** What is asked of the same scope is read once. */
async function onceEach<S extends CallScope, T>(
  scopes: readonly S[],
  read: (scopes: readonly S[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const places = new Map<string, number>();
  const different: S[] = [];
  const placeOf = scopes.map((scope) => {
    const name = `${scope.algorithmIds.join()} ${scope.versionIds?.join()}`;
    const place = places.get(name) ?? different.push(scope) - 1;
    places.set(name, place);
    return place;
  });
  const found = await read(different);
  return placeOf.flatMap((place) => found.slice(place, place + 1));
}

interface Admitted extends CallersAsked {
  readonly top: readonly number[];
}

/** What has too many series is refused by itself, and nothing is read for it. */
function admittedOf(asked: CallersAsked, top: readonly number[]): Admitted | AlgogateError {
  try {
    asked.admit(top.length);
    return { ...asked, top };
  } catch (error) {
    if (error instanceof AlgogateError) return error;
    throw error;
  }
}

function withCallers({ scope, top }: Admitted): CallScope & { readonly callerIds: readonly number[] } {
  return { ...scope, callerIds: top };
}
