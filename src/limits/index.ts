export type { LockHandle } from './counting-lock';
export { LIMITS_SET } from './limit-cache';
export { type OpenedLimits, openLimits, openLimitsToLookAt } from './open';
