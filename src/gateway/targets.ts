import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import type { Data } from './types';
import type { Place } from './paths';
import { isData } from './shape';
import type { TypeRelations } from './type-relations';

export type Visit = (object: Data, place: Place | undefined) => void;

/** Visits every object of `data` that the plan's `path` leads to, in the order of the data. */
export function visitTargets(
  data: Data,
  path: readonly FlattenNodePathSegment[],
  types: TypeRelations,
  visit: Visit,
): void {
  walk(data, undefined, 0);

  function walk(value: unknown, place: Place | undefined, depth: number): void {
    if (value === null || value === undefined) return;
    const segment = path[depth];
    if (Array.isArray(value)) {
      const next = segment === '@' ? depth + 1 : depth;
      for (let index = 0; index < value.length; index++)
        walk(value[index], { parent: place, key: index }, next);
      return;
    }
    if (!isData(value)) return;
    if (segment === undefined) {
      visit(value, place);
    } else if (segment === '@') {
      walk(value, place, depth + 1);
    } else if ('Field' in segment) {
      walk(value[segment.Field], { parent: place, key: segment.Field }, depth + 1);
    } else {
      const typename = value['__typename'];
      const matches =
        typeof typename === 'string' &&
        segment.TypeCondition.some((condition) => types.satisfies(typename, condition));
      if (matches) walk(value, place, depth + 1);
    }
  }
}

/** The part of `path` above its first list: where an error of a whole fetch is reported. */
export function stemOf(path: readonly FlattenNodePathSegment[]): string[] {
  const stem: string[] = [];
  for (const segment of path) {
    if (segment === '@') break;
    if ('Field' in segment) stem.push(segment.Field);
  }
  return stem;
}
