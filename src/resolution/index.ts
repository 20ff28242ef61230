export { type Answer, answer, canonicalOf, positionOf } from './answer';
export { ResolutionIndex } from './resolution-index';
export { type AlgorithmView, guarded, type OwnerView } from './view';
