export { CallMeter } from './call-meter';
export { GraphqlMeter } from './graphql-meter';
export { createMetrics, type MetricsSources } from './registry';
export { ResponseMeter } from './response-meter';
export { metricsRoute, type MetricsParts } from './route';
