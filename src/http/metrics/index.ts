export { CallMeter } from './call-meter';
export { GraphqlMeter } from './graphql-meter';
export { createMetrics } from './registry';
export { ResponseMeter } from './response-meter';
export { metricsRoute } from './route';
