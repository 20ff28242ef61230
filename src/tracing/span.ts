import {
  type AttributeValue,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

/** `server`: a request that came in; `client`: one that we make; `internal`: a part of our own work. */
export type Kind = 'server' | 'client' | 'internal';

const KINDS: Readonly<Record<Kind, SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
};

/**
 * One span of a trace that is sampled. Spans are handed on by hand: what finds the current one by itself costs every
 * call, traced or not.
 */
export class TraceSpan {
  private readonly open = new Set<TraceSpan>();

  private constructor(
    private readonly tracer: Tracer,
    private readonly span: Span,
    private readonly context: Context,
    private readonly parent: TraceSpan | null,
  ) {}

  /**
   * Begins the first span of ours.
   * @param context in which the span is that the request came from, if any
   * @returns null where the trace is not sampled
   */
  static begin(tracer: Tracer, name: string, kind: Kind, context: Context): TraceSpan | null {
    const span = tracer.startSpan(name, { kind: KINDS[kind] }, context);
    return span.isRecording() ? new TraceSpan(tracer, span, trace.setSpan(context, span), null) : null;
  }

  child(name: string, kind: Kind): TraceSpan {
    const span = this.tracer.startSpan(name, { kind: KINDS[kind] }, this.context);
    const child = new TraceSpan(this.tracer, span, trace.setSpan(this.context, span), this);
    this.open.add(child);
    return child;
  }

  /** @param value null says nothing */
  set(attribute: string, value: AttributeValue | null): this {
    if (value !== null) this.span.setAttribute(attribute, value);
    return this;
  }

  event(name: string): void {
    this.span.addEvent(name);
  }

  /** It failed, and with it what is still under way within it. @param reason a code, never a message */
  fail(reason: string): void {
    this.failOpen(reason);
    this.span.setAttribute('error.type', reason).setStatus({ code: SpanStatusCode.ERROR });
  }

  /** What is still under way within it failed. */
  failOpen(reason: string): void {
    for (const child of this.open) child.fail(reason);
  }

  /** Ends it, and what is still open within it. */
  end(): void {
    for (const child of this.open) child.end();
    this.parent?.open.delete(this);
    this.span.end();
  }

  /** The header by which whoever is asked next goes on with the trace. */
  get traceparent(): string {
    const { traceId, spanId } = this.span.spanContext();
    return `00-${traceId}-${spanId}-01`;
  }
}
