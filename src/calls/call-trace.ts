import type { IncomingMessage } from 'node:http';
import type { Reference } from '../domain/reference';
import type { Outcome } from '../domain/usage/call';
import { endResolution, startResolution, type TraceSpan, type Tracing } from '../tracing';
import type { Admission } from './ports';

/** What is told of a call whose trace is sampled: never an input, an output, a credential or a key. */
export class CallTrace {
  private resolution: TraceSpan | null = null;
  private exchange: TraceSpan | null = null;

  private constructor(private readonly span: TraceSpan) {}

  /** @returns null where its trace is not sampled */
  static begin(
    tracing: Tracing,
    request: IncomingMessage,
    requestId: string,
    web: boolean,
  ): CallTrace | null {
    const route = web ? '/v1/web/algo/*' : '/v1/algo/*';
    const method = request.method ?? '';
    const span = tracing.begin(`${method} ${route}`, requestId, request.headers);
    if (span === null) return null;
    span.set('http.request.method', method).set('http.route', route);
    return new CallTrace(span);
  }

  resolving(reference: Reference): void {
    this.resolution = startResolution(this.span, reference);
  }

  /** It may be called. */
  admitted(admission: Admission): void {
    const { canonical, version, sha } = admission;
    if (this.resolution !== null) endResolution(this.resolution, admission);
    this.span
      .set('algogate.algorithm', canonical.slice(0, canonical.lastIndexOf('/')))
      .set('algogate.version', version ?? sha);
  }

  /** Its backend is asked. Gives the `traceparent` for it. */
  forwarding(): string {
    this.exchange = this.span.child('backend', 'client');
    return this.exchange.traceparent;
  }

  forwarded(outcome: Outcome): void {
    const { exchange } = this;
    if (exchange === null) return;
    exchange.set('algogate.outcome', outcome);
    if (outcome === 'TIMEOUT' || outcome === 'BACKEND_UNAVAILABLE') exchange.fail(outcome);
    exchange.end();
  }

  recorded(outcome: Outcome): void {
    this.span.set('algogate.outcome', outcome).event('journal.append');
  }

  /** @param code of the error that refused it, or that was ours */
  refused(code: string): void {
    this.span.set('algogate.error_code', code).failOpen(code);
  }

  /** @param status of the answer; null where none left */
  end(status: number | null): void {
    this.span.set('http.response.status_code', status);
    if (status !== null && status >= 500) this.span.fail(String(status));
    this.span.end();
  }
}
