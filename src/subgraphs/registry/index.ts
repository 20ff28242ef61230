export { promoteAll, type PromotedBriefly } from './publishing/promotion';
export { buildRegistrySubgraph } from './subgraph';
export type { RegistryParts } from './services';
