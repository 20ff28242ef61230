import { ReportingExporter, type OnLost } from './reporting-exporter';
import { Tracing } from './tracing';

export interface TracingOptions {
  /** Of an OTLP/HTTP collector, with its path. */
  readonly endpoint: string;
  /** How much of what comes without a trace of its own is traced, from 0 to 1. */
  readonly ratio: number;
  /** Told at most once a minute. */
  readonly onLost: OnLost;
}

/** Spans that wait for the collector; one more is lost. */
const MAX_WAITING = 2048;
const BATCH = 512;
/** As long as the end of the process waits, so that no attempt outlives it. */
const EXPORT_MS = 2_000;
const LONGEST_ATTRIBUTE = 256;

/**
 * Begins to send spans to a collector: in batches, from bounded memory, and with no effect on anything else where it is
 * away. Callers who trace decide for their own requests. The libraries are loaded here, since few need them.
 */
export async function openTracing({ endpoint, ratio, onLost }: TracingOptions): Promise<Tracing> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const sdk = await import('@opentelemetry/sdk-trace-base');
  const { ATTR_SERVICE_NAME } = await import('@opentelemetry/semantic-conventions');
  const exporter = new OTLPTraceExporter({ url: endpoint, timeoutMillis: EXPORT_MS });
  const processor = new sdk.BatchSpanProcessor(new ReportingExporter(exporter, onLost), {
    maxQueueSize: MAX_WAITING,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: 1_000,
    exportTimeoutMillis: 2 * EXPORT_MS,
  });
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'algogate' }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanLimits: { attributeValueLengthLimit: LONGEST_ATTRIBUTE },
    spanProcessors: [processor],
  });
  return new Tracing(provider);
}
