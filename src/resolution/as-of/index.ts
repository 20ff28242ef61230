export { type PastAnswer, PastResolution, type PastResolutionOptions } from './past-resolution';
