import { AlgogateError } from '../../../domain/errors';
import type { Principal } from '../../../domain/principal';
import type { Outcome } from '../../../domain/usage/call';
import { type GraphContext, perRequest } from '../../shared/context';
import { type Connection, connection, type PageArgs, pageOf } from '../../shared/paging';
import type { UsageBounds } from '../bounds';
import type { UsageLoaders } from '../loaders';
import type { UsageParts } from '../parts';
import { VisibleTargets } from '../targets/visible-targets';
import { callLoaders, type CallLoaders } from './loaders';
import { cursorKeyOf, parseCursorKey, readPage } from './page';
import { type CallReader, readerOf, type ReadRuns } from './reader';
import { type CallSelection, type CallTarget, type Matches, selectionOf } from './selection';
import { type Place, readAlgorithmOf, readRuns, type StoredCall } from './store';
import { visibleCall, type VisibleCall } from './visible-call';

interface CallPageArgs extends PageArgs {
  readonly from?: Date | null;
  readonly to?: Date | null;
  readonly outcome?: Outcome | null;
}

/** Half-open, in epoch milliseconds. */
interface CallTime {
  readonly from: number;
  readonly to: number;
}

/** A call that a page begins after, as its cursor names it. */
type After = Omit<Place, 'algorithmId'>;

/** Calls that an export reads at a time. */
const EXPORTED_AT_ONCE = 1_000;

/** Records of calls, one by one: a page of them, or all of them. Source: chapter 6, "What can be asked". */
export class CallsService {
  private readonly targets: VisibleTargets;
  private readonly callLoadersOf: (context: GraphContext) => CallLoaders;
  private readonly budgetOf: (context: GraphContext) => { left: number };

  constructor(
    private readonly parts: UsageParts,
    private readonly loadersOf: (context: GraphContext) => UsageLoaders,
    private readonly bounds: UsageBounds,
  ) {
    this.targets = new VisibleTargets(parts.index, loadersOf);
    this.budgetOf = perRequest(() => ({ left: bounds.callsOfRequest }));
    this.callLoadersOf = callLoaders(parts.database);
  }

  /** How long calls are kept one by one, in milliseconds. */
  get keptMs(): number {
    return this.parts.callRetentionMs;
  }

  /**
   * A page of those calls of the target that the viewer may know of, newest first; null where it may know of none,
   * or not of the target.
   * @throws AlgogateError INVALID_INPUT for a page or range that is none; QUERY_TOO_COMPLEX
   */
  async page<T>(
    context: GraphContext,
    target: CallTarget,
    args: CallPageArgs,
    nodeOf: (call: VisibleCall) => T,
  ): Promise<Connection<T> | null> {
    const page = pageOf(args);
    const after = page.after === null ? null : parseCursorKey(page.after);
    const time = timeOf(args);
    const selection = await this.selected(context, target);
    if (selection === null) return null;
    const reader = await this.readerFor(context, selection, time, after);
    const matches = matching(selection, args.outcome ?? null);
    const { calls, end, hasNext } = await readPage(reader, page.first, matches, this.bounds.callsOfPage);
    const visible = await this.shown(context, calls, selection);
    return connection(page, visible, cursorKeyOf, nodeOf, { hasNext, key: end && cursorKeyOf(end) });
  }

  /**
   * All those calls, oldest first, about a thousand at a time: each is read when it is asked for, by itself, so that
   * neither a transaction nor the memory grows with how many there are. What is recorded meanwhile may be among them.
   * @param asking who asks, at the moment of each read: a right that was taken away ends the export
   * @throws AlgogateError NOT_FOUND where the viewer may know of none, or not of the target
   */
  async *export(
    asking: () => Principal | Promise<Principal>,
    target: CallTarget,
    time: CallTime,
  ): AsyncGenerator<readonly VisibleCall[], void> {
    const { reads } = this.parts.database;
    let context = contextOf(await asking());
    const selection = await this.selectedFor(context, target);
    const range = { order: 'OLDEST_FIRST' as const, ...time, after: null };
    const reader = readerOf((runs) => readRuns(reads, runs), selection.sources, range);
    for (;;) {
      const calls = await reader.next(EXPORTED_AT_ONCE);
      const meant = selection.matches === null ? calls : await selection.matches(calls);
      yield await this.shown(context, meant, selection);
      if (calls.length < EXPORTED_AT_ONCE) return;
      // one for each thousand: what its loaders remember must not grow either
      context = contextOf(await asking());
      const { eyes } = await this.selectedFor(context, target);
      if (eyes.side !== selection.eyes.side) throw notFound();
    }
  }

  private selected(context: GraphContext, target: CallTarget): Promise<CallSelection | null> {
    return selectionOf(this.targets, context, this.loadersOf(context), target);
  }

  private async selectedFor(context: GraphContext, target: CallTarget): Promise<CallSelection> {
    const selection = await this.selected(context, target);
    if (selection === null) throw notFound();
    return selection;
  }

  private shown(
    context: GraphContext,
    calls: readonly StoredCall[],
    { eyes }: CallSelection,
  ): Promise<VisibleCall[]> {
    const { pseudonyms } = this.parts;
    const mayName = this.targets.names(context.principal);
    const names = { ...this.loadersOf(context), ...this.callLoadersOf(context), pseudonyms, mayName };
    return Promise.all(calls.map((call) => visibleCall(call, eyes, names)));
  }

  private async readerFor(
    context: GraphContext,
    { sources }: CallSelection,
    time: CallTime,
    after: After | null,
  ): Promise<CallReader> {
    const { runs: loader } = this.callLoadersOf(context);
    const budget = this.budgetOf(context);
    // each source is looked at for one call at the least: this much of the budget is taken before anything is made
    let taken = sources.length;
    budget.left -= taken;
    if (budget.left < 0) throw this.tooManyCalls();
    const read: ReadRuns = (runs) => {
      budget.left += taken;
      taken = 0;
      for (const { limit } of runs) budget.left -= limit;
      if (budget.left < 0) throw this.tooManyCalls();
      return Promise.all(runs.map((run) => loader.load(run)));
    };
    return readerOf(read, sources, { order: 'NEWEST_FIRST', ...(await this.from(sources, time, after)) });
  }

  private tooManyCalls(): AlgogateError {
    const message = `one request looks at ${this.bounds.callsOfRequest} calls at the most: ask for fewer pages`;
    return new AlgogateError('QUERY_TOO_COMPLEX', message);
  }

  /** The calls of a caller are in order of their algorithms too, which no cursor tells: they number what is hidden. */
  private async from(
    [source]: CallSelection['sources'],
    time: CallTime,
    after: After | null,
  ): Promise<CallTime & { readonly after: Place | null }> {
    if (after === null) return { ...time, after: null };
    if (source?.kind !== 'caller') return { ...time, after: { ...after, algorithmId: 0 } };
    const algorithmId = await readAlgorithmOf(this.parts.database.reads, source.callerId, after);
    // purged meanwhile, and with it all that was called at that moment or before
    if (algorithmId === null) return { from: time.from, to: Math.min(time.to, after.startedAt), after: null };
    return { ...time, after: { ...after, algorithmId } };
  }
}

/** What is read for one thousand of an export is batched as what one request of the graph is. */
function contextOf(principal: Principal): GraphContext {
  return { principal, requestId: 'export' };
}

/** The one answer for what is missing and for what is hidden. */
function notFound(): AlgogateError {
  return new AlgogateError('NOT_FOUND', 'there are no such calls for this credential to read');
}

/** Null where all calls of the selection are wanted. */
function matching({ matches }: CallSelection, outcome: Outcome | null): Matches | null {
  if (outcome === null) return matches;
  return async (calls) => {
    const ended = calls.filter((call) => call.outcome === outcome);
    return matches === null ? ended : matches(ended);
  };
}

/** @throws AlgogateError INVALID_INPUT for a range that ends before it begins */
function timeOf({ from, to }: CallPageArgs): CallTime {
  const time = { from: from?.getTime() ?? 0, to: to?.getTime() ?? Number.MAX_SAFE_INTEGER };
  if (time.from > time.to) throw new AlgogateError('INVALID_INPUT', 'to is before from', ['to']);
  return time;
}
