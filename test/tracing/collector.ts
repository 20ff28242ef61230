import { createServer } from 'node:http';

import { collect, listen, type Listening } from '../calls/support/http';

/** A span as OTLP has it in JSON, of what is looked at here. */
interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events: readonly { readonly name: string }[];
  readonly status: { readonly code?: number };
}

interface Batch {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Sent, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly Sent[] }[];
  }[];
}

/** A span with those within it, in the order of their names. */
export interface SpanTree {
  readonly name: string;
  readonly kind: string;
  readonly failed?: true;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events?: readonly string[];
  readonly within?: readonly SpanTree[];
}

const KINDS = ['?', 'internal', 'server', 'client'];
const FAILED = 2;

/** A small OTLP/HTTP collector. */
export interface Collector extends Listening {
  /** What traces are to be sent to. */
  readonly endpoint: string;
  /** All that came, as it came. */
  readonly bodies: string[];
  /** Spans that came. */
  spans(): readonly Sent[];
  /** The spans of one trace, from those that have no parent here. */
  trees(traceId: string): readonly SpanTree[];
  /** The attributes of what sends. */
  resources(): readonly Readonly<Record<string, unknown>>[];
}

/** @param status that everything is answered with; null: nothing is answered */
export async function startCollector(status: number | null = 200): Promise<Collector> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void collect(request).then((body) => {
      bodies.push(body.toString());
      if (status !== null) response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  const listening = await listen(server);
  const sets = () => bodies.flatMap((body) => (JSON.parse(body) as Batch).resourceSpans);
  const spans = () => sets().flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  return {
    ...listening,
    endpoint: `${listening.url}/v1/traces`,
    bodies,
    spans,
    trees: (traceId) => {
      const own = spans().filter((span) => span.traceId === traceId);
      const ids = new Set(own.map(({ spanId }) => spanId));
      const roots = own.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId));
      return roots.map((root) => treeOf(root, own));
    },
    resources: () => sets().map(({ resource }) => attributesOf(resource)),
  };
}

function treeOf(span: Sent, all: readonly Sent[]): SpanTree {
  const within = all
    .filter(({ parentSpanId }) => parentSpanId === span.spanId)
    .map((child) => treeOf(child, all))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    name: span.name,
    kind: KINDS[span.kind] ?? '?',
    attributes: attributesOf(span),
    ...(span.status.code === FAILED ? { failed: true } : {}),
    ...(span.events.length > 0 ? { events: span.events.map(({ name }) => name) } : {}),
    ...(within.length > 0 ? { within } : {}),
  };
}

function attributesOf({ attributes }: Pick<Sent, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
