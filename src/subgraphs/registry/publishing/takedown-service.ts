import { AlgogateError } from '../../../domain/errors';
import type { Rights } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import { takeDown } from './store';
import { rollBackFrom } from '../channels/rolling-back';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';
import { changeVersion, requiredReason } from './version-change';

/** What the operator alone does to versions. Source: chapter 3, "Deprecating and withdrawing". */
export class TakedownService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Takes a version out of every selector, and its content out of sight, for good; gives its id. By FULL and SHA it is
   * gone. The channels that point to it are rolled back. Once is enough: the first reason stays.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT without a reason
   */
  async takeDown(principal: Principal, version: string, reason: string): Promise<number> {
    const why = requiredReason(reason, 'a takedown');
    return changeVersion(this.parts, principal, version, assertOperator, async (tx, row) => {
      if (row.state === 'TAKEN_DOWN') return null;
      await takeDown(tx, row);
      // the history of channels is for all to read, the operator's reason is not
      const said = `version ${row.version} was taken down`;
      const channels = await rollBackFrom(tx, row.id, said, stampOf(principal));
      return { action: 'version.takenDown', detail: { version: row.version, reason: why, ...channels } };
    });
  }
}

/** @throws AlgogateError FORBIDDEN */
function assertOperator({ operator }: Rights): void {
  if (!operator) throw new AlgogateError('FORBIDDEN', 'this is for the operator of the platform');
}
