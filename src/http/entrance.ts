import type { FastifyReply, FastifyRequest } from 'fastify';

import type { CallLimits } from '../domain/limits/call-limits';
import { LimitReached } from '../domain/limits/refusals';
import type { Standing } from '../domain/limits/standing';
import type { Principal } from '../domain/principal';

/** Who sends an `Authorization` header. */
export type Authenticate = (authorization: string | undefined) => Principal | Promise<Principal>;

/**
 * Who sends a request, which is counted against its rates as a call is; where it stands with them goes onto the reply.
 * At once in the steady state. Source: chapter 6, "Rates".
 * @throws AlgogateError UNAUTHENTICATED, UNAVAILABLE; LimitReached RATE_LIMITED
 */
export type Entrance = (request: FastifyRequest, reply: FastifyReply) => Principal | Promise<Principal>;

export function entrance(authenticate: Authenticate, limits: Pick<CallLimits, 'enter'>): Entrance {
  return (request, reply) => {
    const found = authenticate(request.headers.authorization);
    return found instanceof Promise
      ? found.then((principal) => admitted(limits, principal, reply))
      : admitted(limits, found, reply);
  };
}

function admitted(
  limits: Pick<CallLimits, 'enter'>,
  principal: Principal,
  reply: FastifyReply,
): Principal | Promise<Principal> {
  try {
    const entering = limits.enter(principal);
    if (!(entering instanceof Promise)) {
      tell(reply, entering?.standing ?? null);
      return principal;
    }
    return entering.then(
      (entered) => {
        tell(reply, entered?.standing ?? null);
        return principal;
      },
      (error: unknown) => refuse(reply, error),
    );
  } catch (error) {
    return refuse(reply, error);
  }
}

function refuse(reply: FastifyReply, error: unknown): never {
  if (error instanceof LimitReached) tell(reply, error.standing);
  throw error;
}

function tell(reply: FastifyReply, standing: Standing | null): void {
  if (standing === null) return;
  const { headers } = standing;
  for (let at = 0; at < headers.length; at += 2) reply.header(headers[at] ?? '', headers[at + 1]);
}
