/** What the gateway tells a subgraph of ours beside the token, by header. */

/**
 * The subgraph is to answer from nothing older than so many milliseconds: that long ago a mutation ended of which the
 * gateway knows, at whatever subgraph, and whoever asks now is to see it.
 */
export const MAX_STALENESS = 'algogate-max-staleness-ms';
/** Source: W3C Trace Context. */
export const TRACEPARENT = 'traceparent';
