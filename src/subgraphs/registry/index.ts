export { promoteAll, type Promoted } from './release-service';
export { buildRegistrySubgraph } from './subgraph';
export type { RegistryParts } from './services';
