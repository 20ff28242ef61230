import type { Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import type { Principal } from '../../domain/principal';
import { GRANT_LEVELS, type GrantLevel } from '../../domain/terms';
import { openMajor } from './major';
import { type AccessParts, ownerNamed } from './parts';
import { mutateMajor } from './permissions-service';
import { deleteGrant, insertGrant, readGrant, readVersionsOfMajor, updateGrant } from './store/permissions';

/** A major (`owner/name/1`), and who is granted access to it (a handle). */
export interface GrantInput {
  readonly major: string;
  readonly grantee: string;
}

/** Access to single majors for others than the owner's members. Source: chapter 2. */
export class GrantsService {
  constructor(private readonly parts: AccessParts) {}

  /**
   * Gives the major's ref. In a major with versions a grant may be raised and not lowered; revoking it is allowed.
   * @throws AlgogateError UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND, FORBIDDEN, PERMISSIONS_NARROWING
   */
  async grant(principal: Principal, input: GrantInput & { readonly level: GrantLevel }): Promise<string> {
    const { level } = input;
    return mutateMajor(this.parts, principal, input.major, async (tx, { algorithm, major }) => {
      const grantee = await granteeNamed(tx, input.grantee);
      if (grantee.id === algorithm.owner.id) {
        throw new AlgogateError('INVALID_INPUT', `${grantee.handle} owns the algorithm`, ['grantee']);
      }
      const { opened } = await openMajor(tx, algorithm.id, major);
      const previous = await readGrant(tx, algorithm.id, major, grantee.id);
      if (previous === level && opened === null) return null;
      if (previous === null) await insertGrant(tx, algorithm.id, major, grantee.id, level);
      else {
        const { any } = await readVersionsOfMajor(tx, algorithm.id, major);
        if (any && isLower(level, previous)) throw narrowing(grantee.handle, previous, level);
        await updateGrant(tx, algorithm.id, major, grantee.id, level);
      }
      const detail = { grantee: grantee.handle, granteeId: grantee.id, level, previous, ...opened };
      return { chain: 'private', action: 'grant.set', detail };
    });
  }

  /** Gives the major's ref. @throws AlgogateError UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND, FORBIDDEN */
  async revoke(principal: Principal, input: GrantInput): Promise<string> {
    return mutateMajor(this.parts, principal, input.major, async (tx, { algorithm, major, ref }) => {
      const grantee = await granteeNamed(tx, input.grantee);
      const level = await readGrant(tx, algorithm.id, major, grantee.id);
      if (level === null) {
        throw new AlgogateError('NOT_FOUND', `${grantee.handle} has no grant of ${ref}`, ['grantee']);
      }
      await deleteGrant(tx, algorithm.id, major, grantee.id);
      const detail = { grantee: grantee.handle, granteeId: grantee.id, level };
      return { chain: 'private', action: 'grant.revoked', detail };
    });
  }
}

function granteeNamed(tx: Tx, handle: string) {
  return ownerNamed(tx, handle, { what: 'owner', field: 'grantee' });
}

function isLower(level: GrantLevel, than: GrantLevel): boolean {
  return GRANT_LEVELS.indexOf(level) < GRANT_LEVELS.indexOf(than);
}

function narrowing(grantee: string, previous: GrantLevel, level: GrantLevel): AlgogateError {
  return new AlgogateError(
    'PERMISSIONS_NARROWING',
    `the grant of ${grantee} cannot go from ${previous} to ${level} in a major that has versions; revoke it instead`,
    ['level'],
  );
}
