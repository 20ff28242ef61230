import type { OwnerId, Principal } from '../../../domain/principal';
import type { GraphContext } from '../../shared/context';
import type { Side } from '../enums';
import type { UsageLoaders } from '../loaders';
import { scopeOf } from '../series/cells-reader';
import { mayReadItself } from '../targets/lens';
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

/** Those calls of a target that a principal may know of: where they are, which of those there, and how it sees them. */
export interface CallSelection {
  readonly sources: readonly CallSource[];
  /** Null: all that are there. */
  readonly matches: ((call: StoredCall) => boolean) | null;
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
  return towards(context.principal, seen.target, seen, await scopeOf(loaders, seen.target));
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

/**
 * The calls of an owner's algorithms, or of some versions: all of them, or those that the viewer made itself. Who sees
 * none but its own is given what it called, and never looks among the calls of others: how many there are would show
 * in what it gets, and when.
 */
function towards(
  viewer: Principal,
  { ownerId }: ProvidedTarget,
  { lens }: Seen,
  scope: CallScope,
): CallSelection {
  const versions = scope.versionIds && new Set<number | null>(scope.versionIds);
  if (lens.whose === 'ALL') {
    return {
      sources: scope.algorithmIds.map((algorithmId) => ({ kind: 'algorithm', algorithmId })),
      matches: versions && (({ versionId }) => versions.has(versionId)),
      eyes: { side: 'PROVIDER', ownerId, viewer },
    };
  }
  const algorithms = new Set(scope.algorithmIds);
  return {
    sources: [{ kind: 'caller', callerId: lens.callerId }],
    matches: ({ algorithmId, versionId }) =>
      algorithms.has(algorithmId) && (versions === null || versions.has(versionId)),
    eyes: { side: 'CONSUMER', showsKeys: mayReadItself(viewer) },
  };
}
