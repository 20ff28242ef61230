import { type Role, ROLES } from '../domain/principal';
import type { ClaimPath, OrganizationClaims } from './issuers-file';

/** What is at a path of the claims; undefined where there is nothing. */
export function claimAt(claims: object, path: ClaimPath): unknown {
  return path.reduce<unknown>((at, name) => {
    return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
      ? (at as Record<string, unknown>)[name]
      : undefined;
  }, claims);
}

/** The same where it is a text; null where it is not. */
export function textAt(claims: object, path: ClaimPath): string | null {
  const value = claimAt(claims, path);
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * The highest role that the claims leave in each organisation that the operator's mapping names; null: none. A claim
 * that is missing, or that is not what it should be, leaves nothing in any of them.
 */
export function capsIn(claims: object, mapping: OrganizationClaims | null): ReadonlyMap<string, Role | null> {
  const caps = new Map<string, Role | null>();
  if (mapping === null) return caps;
  const held = heldIn(claimAt(claims, mapping.claim));
  for (const { value, organization, role } of mapping.map) {
    const before = caps.get(organization) ?? null;
    caps.set(organization, held.has(value) ? higher(before, role) : before);
  }
  return caps;
}

function heldIn(claim: unknown): ReadonlySet<unknown> {
  return new Set(Array.isArray(claim) ? (claim as readonly unknown[]) : [claim]);
}

function higher(one: Role | null, other: Role): Role {
  return one !== null && ROLES.indexOf(one) > ROLES.indexOf(other) ? one : other;
}
