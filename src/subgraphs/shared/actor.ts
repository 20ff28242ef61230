import { AlgogateError } from '../../domain/errors';
import { keyOf } from '../../domain/permissions';
import type { KeyFacts, Principal } from '../../domain/principal';

/** What the ledger has room for. */
const MAX_ACTOR = 200;

/**
 * Who acts, as the ledger names it: `user:Ada key:agk_1a2b3c4d`, `user:Ada identity:7`, `operator`; where a pipeline
 * does, `publisher:` with its issuer, repository and workflow.
 */
export function actorOf(principal: Principal): string {
  if (principal.kind === 'anonymous') throw new AlgogateError('UNAUTHENTICATED', 'a credential is needed');
  if (principal.kind === 'operator') return 'operator';
  const key = keyOf(principal);
  const who = `${principal.kind}:${principal.owner.handle}`;
  if (key !== null) return byKey(who, key);
  const signIn = principal.kind === 'user' ? principal.signIn : undefined;
  return signIn === undefined ? who : `${who} identity:${signIn.identityId}`;
}

function byKey(who: string, { prefix, publisher }: KeyFacts): string {
  const key = ` key:${prefix}`;
  return `${publisher === undefined ? who : publisherActor(publisher, MAX_ACTOR - key.length)}${key}`;
}

/** A trusted publisher as who acts. What does not fit is in the entry of its key. */
export function publisherActor(publisher: string, room = MAX_ACTOR): string {
  const actor = `publisher:${publisher}`;
  return actor.length <= room ? actor : `${actor.slice(0, room - 1)}…`;
}
