export { mintKey } from './api-key';
export { Authenticator } from './authenticator';
export {
  assertMayCall,
  authorise,
  type Authorised,
  maySeeAlgorithm,
  maySeeMajor,
  rightsOnAlgorithm,
} from './authorise';
export { masterKeyFile, SharedKeys } from './shared-keys';
