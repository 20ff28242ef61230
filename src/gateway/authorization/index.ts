export { Access, guardedBy, unauthorized, UNAUTHORIZED, type Guarded } from './access';
export { changedRequirements } from './composed';
export { filtered } from './filter';
export { Requirements } from './requirements';
export { NO_RIGHTS, outcomeOf, type Rights } from './rights';
