import type { Limits } from './limit';

/** Limits, and since when each quota has been there, or has been gone, without a break. Epoch milliseconds. */
export interface DatedLimits extends Limits {
  readonly daySince: number | null;
  readonly monthSince: number | null;
}

/** The limits alone. */
export function undated({ perSecond, burst, perDay, perMonth }: DatedLimits): Limits {
  return { perSecond, burst, perDay, perMonth };
}

/**
 * Limits as they are kept after a change at `now`. A quota whose number alone changes goes on counting; one that comes
 * or goes begins anew, which tells counts of before from those of after.
 * @param previous null where there were none yet
 */
export function datedLimits(previous: DatedLimits | null, limits: Limits, now: number): DatedLimits {
  const stays = (name: 'perDay' | 'perMonth'): boolean =>
    ((previous?.[name] ?? null) === null) === (limits[name] === null);
  const { daySince, monthSince } = previous ?? { daySince: now, monthSince: now };
  return {
    ...limits,
    daySince: stays('perDay') ? daySince : now,
    monthSince: stays('perMonth') ? monthSince : now,
  };
}
