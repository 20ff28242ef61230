import { AlgogateError } from '../errors';

/** What bounds the calls of one subject; null where nothing does. Each bound holds on its own. Source: chapter 6. */
export interface Limits {
  /** Requests in each second, on average. */
  readonly perSecond: number | null;
  /** Requests at once, at most: `perSecond` and some more now and then. Null: `perSecond`. */
  readonly burst: number | null;
  /** Calls of a day of UTC. */
  readonly perDay: number | null;
  /** Calls of a calendar month of UTC. */
  readonly perMonth: number | null;
}

export type LimitName = keyof Limits;

export const NO_LIMITS: Limits = { perSecond: null, burst: null, perDay: null, perMonth: null };

/** The least and the greatest that each may be; a quota of 0 lets nothing through. */
const BOUNDS: Readonly<Record<LimitName, readonly [least: number, greatest: number]>> = {
  perSecond: [1, 100_000],
  burst: [1, 1_000_000],
  perDay: [0, 2_000_000_000],
  perMonth: [0, 2_000_000_000],
};

/** A burst is an hour of its rate at most: a reserve that took longer to earn would never be whole in practice. */
const MOST_SECONDS_OF_BURST = 3_600;

/** What is asked to change: what is not said stays, null takes a bound away. */
export type LimitsPatch = { readonly [N in LimitName]?: number | null | undefined };

/**
 * The limits after a change. A burst goes with its rate: taking the rate away takes the burst away. It is one second
 * of the rate at least, and 3,600 at most.
 * @throws AlgogateError INVALID_INPUT, naming the field
 */
export function changedLimits(current: Limits, patch: LimitsPatch): Limits {
  for (const name of Object.keys(BOUNDS) as LimitName[]) assertWithin(name, patch[name] ?? null);
  const { perSecond = current.perSecond, perDay = current.perDay, perMonth = current.perMonth } = patch;
  const { burst = perSecond === null ? null : current.burst } = patch;
  if (burst !== null && burst < (perSecond ?? Infinity)) {
    const wrong = perSecond === null ? 'is nothing without perSecond' : 'is less than perSecond';
    throw new AlgogateError('INVALID_INPUT', `burst ${wrong}`, ['burst']);
  }
  if (burst !== null && burst > MOST_SECONDS_OF_BURST * (perSecond ?? 0)) {
    const message = `burst is more than ${MOST_SECONDS_OF_BURST} times perSecond`;
    throw new AlgogateError('INVALID_INPUT', message, ['burst']);
  }
  return { perSecond, burst, perDay, perMonth };
}

export function sameLimits(a: Limits, b: Limits): boolean {
  return (Object.keys(BOUNDS) as LimitName[]).every((name) => a[name] === b[name]);
}

function assertWithin(name: LimitName, value: number | null): void {
  const [least, greatest] = BOUNDS[name];
  if (value === null || (Number.isInteger(value) && value >= least && value <= greatest)) return;
  throw new AlgogateError('INVALID_INPUT', `${name} is not a whole number from ${least} to ${greatest}`, [
    name,
  ]);
}
