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
export { authorisePast } from './authorise-past';
export { identityOf } from './identity';
export { insertIdentity, readIdentity, type StoredIdentity } from './identity-store';
export { TokenSignIns } from './token-sign-ins';
export { type GraphRights, graphRightsOf, NO_POLICIES, type Policies } from './graph-rights';
export { CallTokens, type DelegatedCall } from './call-token';
export { credentialOf } from './credential';
export type { PrincipalFacts } from './principal-claims';
export { type Bearer, SubgraphTokens } from './subgraph-token';
