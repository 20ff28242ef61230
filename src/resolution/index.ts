export { type PastAnswer, PastResolution, type PastResolutionOptions } from './as-of';
export { type Answer, answer, canonicalOf, positionOf } from './answer';
export { heldArtifacts, pinnedArtifacts, withPins } from './artifacts';
export {
  deprecationIn,
  deprecationOfAnswer,
  noticesOf,
  type VersionDeprecation,
  warningsOf,
} from './deprecation';
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
