import type { Tx } from '../../database';
import {
  applyChange,
  inheritedPermissions,
  inheritsFrom,
  type PermissionsChange,
  samePermissions,
} from '../../domain/major-permissions';
import type { MajorPermissions } from '../../domain/permissions';
import { copyGrants, insertMajor, readMajors, updateMajor } from './store/permissions';

/** The record of a major; `opened` says from which major it was copied just now, and is null where it was there. */
export interface OpenedMajor {
  readonly permissions: MajorPermissions;
  readonly opened: { readonly inheritedFrom: number | null } | null;
}

/**
 * The permission record of a major, made where it is missing: copied, grants included, from the highest configured
 * major below it. Call it under the lock of the owner's ledger. Source: chapter 2, "A new major may set them".
 */
export async function openMajor(tx: Tx, algorithmId: number, major: number): Promise<OpenedMajor> {
  const majors = await readMajors(tx, algorithmId);
  const configured = majors.get(major);
  if (configured !== undefined) return { permissions: configured, opened: null };
  const permissions = inheritedPermissions(majors, major);
  const inheritedFrom = inheritsFrom(majors, major);
  await insertMajor(tx, algorithmId, major, permissions);
  if (inheritedFrom !== null) await copyGrants(tx, algorithmId, inheritedFrom, major);
  return { permissions, opened: { inheritedFrom } };
}

/**
 * The record of a major that a version opens, or takes as it is: made where it is missing, and changed by what the
 * publication says. Whether the publication may say anything is for its caller to have settled.
 */
export async function configureMajor(
  tx: Tx,
  algorithmId: number,
  major: number,
  change: PermissionsChange,
): Promise<OpenedMajor> {
  const { permissions, opened } = await openMajor(tx, algorithmId, major);
  const next = applyChange(permissions, change);
  if (!samePermissions(permissions, next)) await updateMajor(tx, algorithmId, major, next);
  return { permissions: next, opened };
}

/** The permissions of a major; null where nobody configured it. */
export async function permissionsOfMajor(
  tx: Tx,
  algorithmId: number,
  major: number,
): Promise<MajorPermissions | null> {
  return (await readMajors(tx, algorithmId)).get(major) ?? null;
}
