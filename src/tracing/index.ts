export { openTracing } from './open';
export { endResolution, startResolution } from './resolution';
export type { TraceSpan } from './span';
export { parseTraceparent } from './traceparent';
export type { Tracing } from './tracing';
