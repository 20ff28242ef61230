import type { AdmittedCall, CallParts } from './admitted-call';
import type { Finished } from './forward';
import type { Reservation } from './ports';

/**
 * One unit of each quota that binds this call, at once in the steady state; null where none does. What the caller
 * learns of where it stands goes onto the reply.
 * @throws LimitReached QUOTA_EXCEEDED; AlgogateError UNAVAILABLE where it cannot be counted
 */
export function reserveFor(
  { ports }: CallParts,
  { principal, admission, requestId, start, route, reply }: AdmittedCall,
): Reservation | null | Promise<Reservation | null> {
  if (ports.limits === undefined) return null;
  const deadline = Date.now() + route.timeoutMs;
  const reserving = ports.limits.reserve(principal, admission, { requestId, start, deadline });
  const told = (reservation: Reservation | null): Reservation | null => {
    if (reservation !== null) reply.tellStanding(reservation.standing);
    return reservation;
  };
  return reserving instanceof Promise ? reserving.then(told) : told(reserving);
}

/**
 * Runs a call with what was reserved for it, which is used up if the call is recorded and given back if it is not.
 * @param start throws, or rejects, where the call never began
 */
export function withReserved(
  reservation: Reservation | null,
  start: () => Promise<Finished>,
): Promise<Finished> {
  if (reservation === null) return start();
  let running: Promise<Finished>;
  try {
    running = start();
  } catch (error) {
    reservation.release();
    throw error;
  }
  return running.then(
    (finished) => {
      if (finished.recorded) reservation.settle();
      else reservation.release();
      return finished;
    },
    (error: unknown) => {
      reservation.release();
      throw error;
    },
  );
}
