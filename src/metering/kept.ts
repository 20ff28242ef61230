import { bucketOf, HOUR_MS } from '../domain/usage/granularity';

/** Rollups by the minute are kept this long; longer ones for ever. Source: chapter 6, "What can be asked". */
export const MINUTES_KEPT_MS = 49 * HOUR_MS;

/** What is promised is kept longer by this: the clocks of replicas differ, and answers that are read take a while. */
export const GRACE_MS = HOUR_MS;

/** The oldest minute whose rollups are there, in epoch milliseconds. */
export function minutesFrom(now: number): number {
  return Math.max(0, bucketOf('MINUTE', now - MINUTES_KEPT_MS));
}

/**
 * The oldest moment of which the records are there: they go by whole days.
 * @param retentionMs how long records are kept, in milliseconds
 */
export function recordsFrom(now: number, retentionMs: number): number {
  return Math.max(0, bucketOf('DAY', Math.max(0, now - retentionMs)));
}
