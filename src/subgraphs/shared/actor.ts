import { AlgogateError } from '../../domain/errors';
import { keyOf } from '../../domain/permissions';
import type { Principal } from '../../domain/principal';

/** Who acts, as the ledger names it: `user:Ada key:agk_1a2b3c4d`, `operator`. */
export function actorOf(principal: Principal): string {
  if (principal.kind === 'anonymous') throw new AlgogateError('UNAUTHENTICATED', 'a credential is needed');
  if (principal.kind === 'operator') return 'operator';
  const key = keyOf(principal);
  const who = `${principal.kind}:${principal.owner.handle}`;
  return key === null ? who : `${who} key:${key.prefix}`;
}
