import type { Reservation } from '../domain/limits/call-limits';
import type { AdmittedCall, CallParts } from './admitted-call';
import type { Finished } from './forward';

/**
 * One unit of each quota that binds this call, at once in the steady state; null where none does. What the caller
 * learns of where it stands goes onto the reply.
 * @throws LimitReached QUOTA_EXCEEDED; AlgogateError UNAVAILABLE where it cannot be counted
 */
export function reserveFor(
  { ports }: CallParts,
  call: AdmittedCall,
): Reservation | null | Promise<Reservation | null> {
  const reserving = ports.limits?.reserve(call) ?? null;
  if (reserving === null) return null; // most calls: nothing is made for them
  return reserving instanceof Promise ? toldLater(call, reserving) : told(call, reserving);
}

async function toldLater(
  call: AdmittedCall,
  reserving: Promise<Reservation | null>,
): Promise<Reservation | null> {
  const reservation = await reserving;
  return reservation && told(call, reservation);
}

function told({ reply }: AdmittedCall, reservation: Reservation): Reservation {
  reply.tellStanding(reservation.standing);
  return reservation;
}

/** What was reserved for a call under way is used up if the call is recorded, and given back if it is not. */
export async function settledBy(reservation: Reservation, running: Promise<Finished>): Promise<Finished> {
  let recorded = false;
  try {
    const finished = await running;
    ({ recorded } = finished);
    return finished;
  } finally {
    if (recorded) reservation.settle();
    else reservation.release();
  }
}
