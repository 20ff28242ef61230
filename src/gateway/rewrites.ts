import type { FetchNodePathSegment, FetchRewrite } from '@graphql-hive/router-query-planner';
import type { Data } from './types';
import { isData } from './shape';
import type { TypeRelations } from './type-relations';

type Segment = { readonly key: string } | { readonly typenames: readonly string[] };

/** A rewrite of the plan: give a key another name, or set it to a value. */
export interface Rewrite {
  readonly path: readonly Segment[];
  readonly action: { readonly renameTo: string } | { readonly setTo: string };
}

/**
 * The plan's rewrites in one form. The planner writes each kind in two ways (`{ ValueSetter: … }` and
 * `{ kind: 'ValueSetter', … }`).
 * @param root a first key to leave out, because the rewrite is applied below it
 */
export function readRewrites(
  rewrites: readonly FetchRewrite[] | null | undefined,
  root?: string,
): readonly Rewrite[] {
  return (rewrites ?? []).map((rewrite) => {
    if ('KeyRenamer' in rewrite) {
      return {
        path: readPath(rewrite.KeyRenamer.path, root),
        action: { renameTo: rewrite.KeyRenamer.renameKeyTo },
      };
    }
    const setter = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
    return { path: readPath(setter.path, root), action: { setTo: setter.setValueTo } };
  });
}

function readPath(path: readonly FetchNodePathSegment[], root: string | undefined): readonly Segment[] {
  const segments = path.map((segment) =>
    'Key' in segment ? { key: segment.Key } : { typenames: segment.TypenameEquals },
  );
  const first = segments[0];
  return root !== undefined && first !== undefined && 'key' in first && first.key === root
    ? segments.slice(1)
    : segments;
}

/** Applies `rewrites` to `value` in place, in the order of the plan. */
export function applyRewrites(value: unknown, rewrites: readonly Rewrite[], types: TypeRelations): void {
  for (const rewrite of rewrites) applyAt(value, rewrite, 0, types);
}

function applyAt(value: unknown, rewrite: Rewrite, depth: number, types: TypeRelations): void {
  if (Array.isArray(value)) {
    for (const item of value) applyAt(item, rewrite, depth, types);
    return;
  }
  const segment = rewrite.path[depth];
  if (!isData(value) || segment === undefined) return;
  if ('typenames' in segment) {
    const typename = value['__typename'];
    const matches =
      typeof typename !== 'string' ||
      segment.typenames.some((condition) => types.satisfies(typename, condition));
    if (matches) applyAt(value, rewrite, depth + 1, types);
  } else if (depth < rewrite.path.length - 1) {
    applyAt(value[segment.key], rewrite, depth + 1, types);
  } else {
    applyTo(value, segment.key, rewrite.action);
  }
}

function applyTo(object: Data, key: string, action: Rewrite['action']): void {
  if ('setTo' in action) {
    object[key] = action.setTo;
  } else if (object[key] !== undefined) {
    object[action.renameTo] = object[key];
    Reflect.deleteProperty(object, key);
  }
}

/** The keys on the way of a rewrite, type conditions left out. */
export function keysOf(rewrite: Rewrite): readonly string[] {
  return rewrite.path.flatMap((segment) => ('key' in segment ? [segment.key] : []));
}

/** A key of an answer as the data has it, after `rewrites`: for the paths of its errors. */
export function renamed(key: string | number, rewrites: readonly Rewrite[]): string | number {
  for (const rewrite of rewrites) {
    if ('renameTo' in rewrite.action && keysOf(rewrite).at(-1) === key) return rewrite.action.renameTo;
  }
  return key;
}
