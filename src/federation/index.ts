/**
 * The subgraphs that operators add to ours: read, composed, checked, and joined while the graph is served. See
 * `docs/subgraphs.md`.
 */
export { composeOnce, type Composition } from './check';
export { type RemoteSubgraph, SubgraphsFileError } from './file';
export { OperatorSubgraphs } from './operators';
export { type Identity, travelHeaders, type Travelling } from './travelling';
