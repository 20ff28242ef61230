import type { IncomingHttpHeaders } from 'node:http';

import { type Context, ROOT_CONTEXT, trace, type Tracer } from '@opentelemetry/api';

import { within } from '../waiting';
import { TraceSpan } from './span';
import { parseTraceparent } from './traceparent';

/** What ends the export of spans. */
interface Provider {
  getTracer(name: string): Tracer;
  shutdown(): Promise<void>;
}

const SCOPE = 'algogate';
/** What a collector has not taken by then is lost: the end of a process does not wait for it. */
const LAST_MS = 2_000;

/** Printable, and no longer than anybody's ids are. */
const CALLERS_ID = /^[\x20-\x7e]{1,128}$/;

/** Makes spans of requests. There is one where traces are on, and none where they are off. */
export class Tracing {
  private readonly tracer: Tracer;

  constructor(private readonly provider: Provider) {
    this.tracer = provider.getTracer(SCOPE);
  }

  /**
   * Begins the span of a request, under the caller's own where its `traceparent` names one.
   * @param name with nothing in it that callers make up
   * @param requestId ours; the caller's own `X-Request-Id` stands beside it, and goes nowhere else
   * @returns null where its trace is not sampled
   */
  begin(name: string, requestId: string, headers: IncomingHttpHeaders): TraceSpan | null {
    const span = TraceSpan.begin(this.tracer, name, 'server', contextOf(headers));
    return (
      span && span.set('algogate.request_id', requestId).set('algogate.client_request_id', callersId(headers))
    );
  }

  /** Hands over what is left, for two seconds at most. */
  async close(): Promise<void> {
    // what was lost is told by the exporter
    const shutdown = this.provider.shutdown().catch(() => undefined);
    await within(LAST_MS, shutdown, () => undefined);
  }
}

function contextOf(headers: IncomingHttpHeaders): Context {
  const parent = parseTraceparent(headers['traceparent']);
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, flags } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
  });
}

function callersId(headers: IncomingHttpHeaders): string | null {
  const id = headers['x-request-id'];
  return typeof id === 'string' && CALLERS_ID.test(id) ? id : null;
}
