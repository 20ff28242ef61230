import { grantOf, type Grants, type Rights } from '../domain/permissions';
import type { Principal } from '../domain/principal';

/**
 * For whose eyes a document is: everyone's, those of the owner's members, or those of grantees, with the majors that
 * were granted to them and whether they may see the source of each. Source: chapter 2, "Who sees what".
 */
export type Audience =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'members' }
  | { readonly kind: 'grantees'; readonly majors: ReadonlyMap<number, { readonly source: boolean }> };

/** A key that does not read sees what everyone sees. */
export function audienceOf(
  principal: Principal,
  rights: Rights,
  grants: ReadonlyMap<number, Grants>,
): Audience {
  if (!rights.read) return { kind: 'everyone' };
  if (rights.role !== null) return { kind: 'members' };
  const majors = new Map<number, { readonly source: boolean }>();
  for (const [major, ofMajor] of grants) {
    const level = grantOf(principal, ofMajor);
    if (level !== null) majors.set(major, { source: level === 'CALL_AND_SOURCE' });
  }
  return majors.size === 0 ? { kind: 'everyone' } : { kind: 'grantees', majors };
}

/** Two audiences with one key see the same. */
export function audienceKey(audience: Audience): string {
  if (audience.kind !== 'grantees') return audience.kind;
  const majors = [...audience.majors].sort(([a], [b]) => a - b);
  return majors.map(([major, { source }]) => `${major}${source ? '+source' : ''}`).join();
}

/** Whether an audience reads where the artifacts of a major are. @param open those with `sourceVisibility` OPEN */
export function seesSource(audience: Audience, major: number, open: ReadonlySet<number>): boolean {
  if (open.has(major)) return true;
  switch (audience.kind) {
    case 'everyone':
      return false;
    case 'members':
      return true;
    case 'grantees':
      return audience.majors.get(major)?.source === true;
  }
}
