import { AlgogateError } from './errors';
import { DEFAULT_PERMISSIONS, type MajorPermissions } from './permissions';

/** What a change of a major's permissions sets; the rest stays. */
export type PermissionsChange = { readonly [K in keyof MajorPermissions]?: MajorPermissions[K] | undefined };

/** Where the callers' inputs may go: fixed by the first version of a major, of any visibility. */
const FIXED = ['networkAccess', 'callsAlgorithms'] as const;

/** In a major with versions these may only go from the first value to the second. */
const WIDENING = {
  visibility: ['PRIVATE', 'PUBLIC'],
  callers: ['GRANTED', 'EVERYONE'],
  sourceVisibility: ['CLOSED', 'OPEN'],
} as const;

/**
 * The permissions after a change. Until a major has versions everything may change; from then on permissions only
 * widen for its callers, since someone's production service depends on them. Source: chapter 2.
 * @throws AlgogateError PERMISSIONS_FIXED_BY_MAJOR, PERMISSIONS_NARROWING
 */
export function changePermissions(
  current: MajorPermissions,
  change: PermissionsChange,
  hasVersions: boolean,
): MajorPermissions {
  const next = applyChange(current, change);
  if (!hasVersions) return next;
  for (const field of FIXED) {
    if (next[field] !== current[field]) {
      throw new AlgogateError(
        'PERMISSIONS_FIXED_BY_MAJOR',
        `${field} is fixed by the first version of a major; publish a new major`,
        [field],
      );
    }
  }
  for (const [field, [narrow]] of Object.entries(WIDENING) as [
    keyof typeof WIDENING,
    readonly [string, string],
  ][]) {
    if (next[field] !== current[field] && next[field] === narrow) {
      throw new AlgogateError(
        'PERMISSIONS_NARROWING',
        `${field} cannot go from ${current[field]} to ${next[field]} in a major that has versions; publish a new major`,
        [field],
      );
    }
  }
  return next;
}

export function applyChange(current: MajorPermissions, change: PermissionsChange): MajorPermissions {
  return {
    visibility: change.visibility ?? current.visibility,
    callers: change.callers ?? current.callers,
    sourceVisibility: change.sourceVisibility ?? current.sourceVisibility,
    networkAccess: change.networkAccess ?? current.networkAccess,
    callsAlgorithms: change.callsAlgorithms ?? current.callsAlgorithms,
  };
}

export function samePermissions(a: MajorPermissions, b: MajorPermissions): boolean {
  return (Object.keys(a) as (keyof MajorPermissions)[]).every((field) => a[field] === b[field]);
}

/** The highest configured major below `number`, from which a new one takes what it is not told; null: none. */
export function inheritsFrom(majors: ReadonlyMap<number, MajorPermissions>, number: number): number | null {
  let highest: number | null = null;
  for (const major of majors.keys()) {
    if (major < number && (highest === null || major > highest)) highest = major;
  }
  return highest;
}

/**
 * The permissions of a major that nobody configured: copied from the highest one below it, else the defaults.
 * Source: chapter 2, "A new major may set them".
 */
export function inheritedPermissions(
  majors: ReadonlyMap<number, MajorPermissions>,
  number: number,
): MajorPermissions {
  const below = inheritsFrom(majors, number);
  return (below === null ? undefined : majors.get(below)) ?? DEFAULT_PERMISSIONS;
}
