export { assertBump, bumpBetween } from './bump';
export { compareInterfaces } from './compare';
export { type Predecessors, predecessorsOf } from './predecessors';
export { combineReports, type InterfaceChange, type InterfaceReport, requiredBump } from './report';
export { assertInterface } from './sdl';
