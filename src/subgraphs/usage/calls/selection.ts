import type { OwnerId, Principal } from '../../../domain/principal';
import type { GraphContext } from '../../shared/context';
import type { Side } from '../enums';
import type { UsageLoaders } from '../loaders';
import { scopeOf } from '../series/cells-reader';
import { mayReadItself } from '../targets/lens';
import { ownedBy } from '../targets/owned';
import type { CallScope } from '../targets/scope';
import type { ProvidedTarget } from '../targets/target';
import type { Seen, VisibleTargets } from '../targets/visible-targets';
import type { CallSource, StoredCall } from './store';
import type { Eyes } from './visible-call';

/** What calls are asked of. */
export type CallTarget =
  | { readonly kind: 'owner'; readonly handle: string; readonly side: Side }
  | { readonly kind: 'algorithm'; readonly ref: string }
  | { readonly kind: 'version'; readonly ref: string }
  /** Whoever asks, as a consumer. */
  | { readonly kind: 'viewer' };

/** Those of some calls that are meant, in their order. */
export type Matches = (calls: readonly StoredCall[]) => Promise<readonly StoredCall[]>;

/** Those calls of a target that a principal may know of: where they are, which of those there, and how it sees them. */
export interface CallSelection {
  readonly sources: readonly CallSource[];
  /** Null: all that are there. */
  readonly matches: Matches | null;
  readonly eyes: Eyes;
}

/** Null where the viewer may know of none, or not of the target; the two look the same. */
export async function selectionOf(
  targets: VisibleTargets,
  context: GraphContext,
  loaders: UsageLoaders,
  target: CallTarget,
): Promise<CallSelection | null> {
  const seen = await lookAt(targets, context, target);
  if (seen === null) return null;
  if (seen.target.kind === 'CONSUMER') return madeBy(seen.target.callerId);
  return seen.lens.whose === 'ALL'
    ? towardsAll(context.principal, seen.target, await scopeOf(loaders, seen.target))
    : towardsOwn(context.principal, seen.target, seen.lens.callerId, loaders);
}

function lookAt(
  targets: VisibleTargets,
  context: GraphContext,
  target: CallTarget,
): Seen | null | Promise<Seen | null> {
  switch (target.kind) {
    case 'viewer':
      return targets.viewer(context.principal);
    case 'owner':
      return target.side === 'CONSUMER'
        ? targets.consumer(context, target.handle)
        : targets.provider(context, target.handle);
    case 'algorithm':
      return targets.algorithm(context, target.ref);
    case 'version':
      return targets.version(context, target.ref);
  }
}

/** The calls that a consumer made, for its members. */
function madeBy(callerId: OwnerId): CallSelection {
  return {
    sources: [{ kind: 'caller', callerId }],
    matches: null,
    eyes: { side: 'CONSUMER', showsKeys: true },
  };
}

/** All calls of an owner's algorithms, or of some versions. */
function towardsAll(viewer: Principal, { ownerId }: ProvidedTarget, scope: CallScope): CallSelection {
  return {
    sources: scope.algorithmIds.map((algorithmId) => ({ kind: 'algorithm', algorithmId })),
    matches: scope.versionIds && matching(isOf(scope)),
    eyes: { side: 'PROVIDER', ownerId, viewer },
  };
}

/**
 * Those that the viewer made itself. It is given what it called, and neither the calls of others nor the owner's
 * algorithms are looked at: how many there are would show in what it gets, and when.
 */
function towardsOwn(
  viewer: Principal,
  target: ProvidedTarget,
  callerId: OwnerId,
  loaders: UsageLoaders,
): CallSelection {
  return {
    sources: [{ kind: 'caller', callerId }],
    matches:
      target.kind === 'PROVIDER'
        ? (calls) => ownedBy(loaders, target.ownerId, calls)
        : matching(isOf(target.scope)),
    eyes: { side: 'CONSUMER', showsKeys: mayReadItself(viewer) },
  };
}

function isOf({ algorithmIds, versionIds }: CallScope): (call: StoredCall) => boolean {
  const algorithms = new Set(algorithmIds);
  const versions = versionIds && new Set<number | null>(versionIds);
  return ({ algorithmId, versionId }) =>
    algorithms.has(algorithmId) && (versions === null || versions.has(versionId));
}

function matching(isMeant: (call: StoredCall) => boolean): Matches {
  return (calls) => Promise.resolve(calls.filter(isMeant));
}
