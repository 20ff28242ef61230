export { CallMeter } from './call-meter';
export { type GraphSources } from './graph-families';
export { GraphMeter } from './graph-meter';
export { GraphqlMeter } from './graphql-meter';
export { createMetrics } from './registry';
export { ResponseMeter } from './response-meter';
export { metricsRoute } from './route';
