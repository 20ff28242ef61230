export type { LockHandle } from './counting-lock';
export { budgetHeaders, BudgetSpent, GraphBudget } from './graph-budget';
export { LIMITS_SET } from './limit-cache';
export { type OpenedLimits, openLimits, openLimitsToLookAt } from './open';
export type { RedisLink } from './redis-link';
