export { promoteAll, type PromotedBriefly } from './promotion';
export { buildRegistrySubgraph } from './subgraph';
export type { RegistryParts } from './services';
