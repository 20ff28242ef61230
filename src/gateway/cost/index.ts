export { type CostOptions } from './compile';
export { CostModel, DEFAULT_COSTS, type CostRequest } from './cost-model';
