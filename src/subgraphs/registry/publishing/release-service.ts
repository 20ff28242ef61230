import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { DEFAULT_PERMISSIONS, type Rights } from '../../../domain/permissions';
import type { Principal, Role } from '../../../domain/principal';
import { assertMajorPublic } from '../../../domain/publishing';
import { permissionsOfMajor } from '../../access';
import { assertRole } from '../access';
import { pointersAt } from '../channels/store';
import { promoteOne } from './promotion';
import { setYank } from './store';
import type { VersionRecord } from '../records';
import { rollBackFrom } from '../channels/rolling-back';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';
import { assertNotTakenDown, changeVersion, requiredReason, type VersionStep } from './version-change';

/** What happens to a version after its publication; each gives the version's id. Source: chapter 2, chapter 3 "Deprecating and withdrawing". */
export class ReleaseService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Makes a private version public, when its major is. There is no way back.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, GONE, VISIBILITY_EXCEEDS_MAJOR, APPROVAL_REQUIRED,
   * BUMP_TOO_SMALL, INVALID_INPUT for one that was rejected
   */
  async promote(principal: Principal, version: string): Promise<number> {
    return this.change(principal, version, 'ADMIN', async (tx, row) => {
      assertDecided(row);
      if (row.visibility === 'PUBLIC') return null;
      const permissions = await permissionsOfMajor(tx, row.algorithmId, row.major);
      assertMajorPublic((permissions ?? DEFAULT_PERMISSIONS).visibility);
      return {
        action: 'version.promoted',
        chain: 'public', // by what it made of the version
        detail: { ...(await promoteOne(tx, row.algorithmId, row.id)) },
      };
    });
  }

  /**
   * Takes a version out of every selector but FULL and SHA. Computed channels move on; one that was pointed to it is
   * left alone and the yank refused, unless it is to be rolled back with it.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, GONE, CHANNEL_POINTS_HERE, INVALID_INPUT without a
   * reason
   */
  async yank(
    principal: Principal,
    version: string,
    reason: string,
    rollbackChannels = false,
  ): Promise<number> {
    const why = requiredReason(reason, 'a yank');
    return this.change(principal, version, 'MAINTAINER', async (tx, row) => {
      if (row.yankedAt !== null) return null;
      if (!rollbackChannels) await assertNotPointedTo(tx, row);
      const stamp = stampOf(principal);
      await setYank(tx, row.id, { reason: why, at: stamp.at });
      const channels = await rollBackFrom(tx, row.id, why, stamp);
      return { action: 'version.yanked', detail: { version: row.version, reason: why, ...channels } };
    });
  }

  /** Channels stay where they are. @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, GONE */
  async unyank(principal: Principal, version: string): Promise<number> {
    return this.change(principal, version, 'MAINTAINER', async (tx, row) => {
      if (row.yankedAt === null) return null;
      await setYank(tx, row.id, null);
      return { action: 'version.unyanked', detail: { version: row.version } };
    });
  }

  private async change(principal: Principal, text: string, role: Role, step: VersionStep): Promise<number> {
    const assertAllowed = (rights: Rights): void => {
      assertRole(rights, role);
    };
    return changeVersion(this.parts, principal, text, assertAllowed, async (tx, version) => {
      assertNotTakenDown(version);
      return step(tx, version);
    });
  }
}

/** @throws AlgogateError APPROVAL_REQUIRED, INVALID_INPUT: what waits for its approval is made public by that alone */
function assertDecided({ state, version }: VersionRecord): void {
  if (state === 'PENDING_APPROVAL') {
    throw new AlgogateError('APPROVAL_REQUIRED', `version ${version} waits for its approval`, ['version']);
  }
  if (state === 'REJECTED') {
    throw new AlgogateError('INVALID_INPUT', `version ${version} was rejected`, ['version']);
  }
}

/** @throws AlgogateError CHANNEL_POINTS_HERE, naming the channels */
async function assertNotPointedTo(tx: Tx, { id, version }: VersionRecord): Promise<void> {
  const names = (await pointersAt(tx, id)).map(({ name }) => name);
  if (names.length === 0) return;
  throw new AlgogateError(
    'CHANNEL_POINTS_HERE',
    `version ${version} is what ${names.join(', ')} points to: move it, or give rollbackChannels`,
    ['version'],
  );
}
