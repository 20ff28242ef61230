import { AlgogateError } from '../../../domain/errors';
import { parseAlgorithmRef } from '../../../domain/ref';
import { covers, parseDeprecationSelector } from '../../../domain/release';
import { bucketOf, DAY_MS, firstBucketFrom } from '../../../domain/usage/granularity';
import type { Span } from '../../../domain/usage/cover';
import type { GraphContext } from '../../shared/context';
import { connection, type Connection, pageOf, pairOfKey } from '../../shared/paging';
import type { UsageLoaders } from '../loaders';
import type { UsageParts } from '../parts';
import { lensOf } from '../targets/lens';
import type { CallScope } from '../targets/scope';
import { parsed, VisibleTargets } from '../targets/visible-targets';
import { namedCaller } from './named-caller';
import type { RecentCaller } from './store';
import {
  type ActiveCaller,
  type ActiveCallersArgs,
  DEFAULT_DAYS,
  MAX_DAYS,
  type RangeCallersArgs,
} from './types';

/** A page of callers; a cursor says how many calls its caller had, and what its provider knows it by. */
interface Asked {
  readonly page: ReturnType<typeof pageOf>;
  readonly after: { readonly calls: number; readonly pseudonym: string } | null;
  readonly spans: readonly Span[];
}

/** Who still calls what: for the owner's members and the operator alone. Source: chapters 3 and 6. */
export class ActiveCallersReader {
  private readonly targets: VisibleTargets;

  constructor(
    private readonly parts: UsageParts,
    private readonly loadersOf: (context: GraphContext) => UsageLoaders,
  ) {
    this.targets = new VisibleTargets(parts.index, loadersOf);
  }

  /** @throws AlgogateError INVALID_INPUT, QUERY_TOO_COMPLEX */
  async ofVersion(
    context: GraphContext,
    ref: string,
    args: ActiveCallersArgs,
  ): Promise<Connection<ActiveCaller> | null> {
    const asked = this.asked(context, args);
    const seen = await this.targets.version(context, ref);
    if (seen?.lens.whose !== 'ALL' || seen.target.kind !== 'VERSION') return null;
    return this.page(context, seen.target.ownerId, seen.target.scope, asked);
  }

  /**
   * Of all versions that a version, a partial or a range is about, private ones included.
   * @throws AlgogateError INVALID_INPUT, QUERY_TOO_COMPLEX
   */
  async ofRange(
    context: GraphContext,
    ref: string,
    args: RangeCallersArgs,
  ): Promise<Connection<ActiveCaller> | null> {
    const asked = this.asked(context, args);
    const selector = parseDeprecationSelector(args.range);
    const viewed = await this.targets.visible(context.principal, parsed(parseAlgorithmRef, ref));
    if (viewed === null || lensOf(context.principal, viewed.rights)?.whose !== 'ALL') return null;
    const { id, owner, catalog } = viewed.algorithm;
    const versions = [...catalog.all].filter((version) => covers(selector, version));
    const scope = { algorithmIds: [id], versionIds: versions.map((version) => version.id) };
    return this.page(context, owner.id, scope, asked);
  }

  /** Judged before anything is looked at, so that it says nothing of what is hidden. */
  private asked(context: GraphContext, args: ActiveCallersArgs): Asked {
    const asked = { ...askedOf(args), spans: [daysUntil(this.parts.now(), args.days ?? DEFAULT_DAYS)] };
    this.loadersOf(context).budget.spendTime(asked);
    return asked;
  }

  private async page(
    context: GraphContext,
    providerId: number,
    scope: CallScope,
    { page, after, spans }: Asked,
  ): Promise<Connection<ActiveCaller>> {
    const { pseudonyms } = this.parts;
    const loaders = this.loadersOf(context);
    loaders.budget.assertAskable();
    const callers = await loaders.recentCallers.load({
      scope,
      page: { limit: page.limit, calls: after?.calls ?? null },
      spans,
    });
    const named = callers.map((caller) => ({
      ...caller,
      pseudonym: pseudonyms(providerId, caller.callerId),
    }));
    const rows = named.sort(inOrder).filter((row) => after === null || inOrder(after, row) < 0);
    const shown = rows.slice(0, page.limit);
    const records = await Promise.all(shown.map(({ callerId }) => loaders.owners.load(callerId)));
    const recordOf = new Map(shown.map(({ callerId }, at) => [callerId, records[at] ?? null]));
    return connection(
      page,
      shown,
      ({ calls, pseudonym }) => `${calls} ${pseudonym}`,
      (row) => {
        const eyes = { viewer: context.principal, providerId, pseudonyms };
        return activeCaller(row, namedCaller(row.callerId, recordOf.get(row.callerId) ?? null, eyes));
      },
    );
  }
}

/** Those with the most calls first; of those with as many, by what says nothing of them. */
function inOrder(a: NonNullable<Asked['after']>, b: NonNullable<Asked['after']>): number {
  if (a.calls !== b.calls) return b.calls - a.calls;
  if (a.pseudonym === b.pseudonym) return 0;
  return a.pseudonym < b.pseudonym ? -1 : 1;
}

function activeCaller(
  row: RecentCaller,
  { handle, pseudonym }: ReturnType<typeof namedCaller>,
): ActiveCaller {
  return {
    caller: handle === null ? null : { handle },
    pseudonym,
    calls: row.calls,
    lastCallOn: new Date(row.lastDay),
  };
}

/** @throws AlgogateError INVALID_INPUT */
function askedOf(args: ActiveCallersArgs): Omit<Asked, 'spans'> {
  const days = args.days ?? DEFAULT_DAYS;
  if (days < 1 || days > MAX_DAYS) {
    throw new AlgogateError('INVALID_INPUT', `days is not from 1 to ${MAX_DAYS}`, ['days']);
  }
  const page = pageOf(args);
  if (page.after === null) return { page, after: null };
  const [calls, pseudonym] = pairOfKey(page.after);
  return { page, after: { calls, pseudonym } };
}

/** The last days until the end of today; whole ones, as they are kept. */
function daysUntil(now: number, days: number) {
  const from = bucketOf('DAY', now - days * DAY_MS);
  return { source: 'DAY', from, to: firstBucketFrom('DAY', now + 1) } as const;
}
