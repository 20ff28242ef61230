export { type Answer, answer, canonicalOf, positionOf } from './answer';
export { ResolutionIndex } from './resolution-index';
export {
  type AlgorithmView,
  type ArtifactFacts,
  type DeprecationNotice,
  guarded,
  NO_RELEASE_CONTROL,
  type OwnerView,
  type ReleaseControl,
} from './view';
