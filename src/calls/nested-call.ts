import { AlgogateError } from '../domain/errors';
import { type Delegation, type Principal, principalId } from '../domain/principal';
import type { CallRequest } from './admitted-call';
import type { Admission, CallPorts } from './ports';
import type { Route } from './route';

/** Calls within one another: what a caller called, what that called, and so on. */
const MOST_NESTED = 8;

/** The call that this one is within; null for a call that nobody was called for. */
export function delegationOf(principal: Principal): Delegation | null {
  return 'delegation' in principal ? (principal.delegation ?? null) : null;
}

/**
 * What a call that an algorithm makes asks for: it ends with the call that it is within at the latest.
 * @throws AlgogateError FORBIDDEN where it is nested too deeply, DEPENDENCY_CYCLE where the same version is above it
 */
export function nestedRoute(
  route: Route,
  { canonical }: Admission,
  { chain, until }: Delegation,
  now: number,
): Route {
  if (chain.includes(canonical)) {
    throw new AlgogateError('DEPENDENCY_CYCLE', `${canonical} is being called already, by what it calls`);
  }
  if (chain.length >= MOST_NESTED) {
    throw new AlgogateError('FORBIDDEN', `algorithms may call one another ${MOST_NESTED} deep`);
  }
  const leftMs = Math.max(1, until - now);
  if (route.timeoutMs <= leftMs) return route;
  return { ...route, timeoutMs: leftMs, timeoutText: (leftMs / 1000).toFixed(3) };
}

/**
 * Who an `Idempotency-Key` is of. What an algorithm calls with one is its own, within that call: it must neither read
 * nor take what its caller keeps.
 */
export function idempotencyOwner(principal: Principal): string {
  const delegation = delegationOf(principal);
  return delegation === null ? principalId(principal) : `${principalId(principal)}>${delegation.parent}`;
}

/** `X-Algogate-Token` for the backend of a call; null where its algorithm calls no others. */
export function tokenFor(
  ports: CallPorts,
  { requestId, start }: Pick<CallRequest, 'requestId' | 'start'>,
  principal: Principal,
  { callsAlgorithms, canonical }: Admission,
  { timeoutMs }: Route,
): Promise<string | null> | null {
  if (!callsAlgorithms || ports.delegate === undefined) return null;
  return ports.delegate(principal, { requestId, canonical, until: start + timeoutMs });
}
