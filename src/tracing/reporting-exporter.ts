import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

/** Told of spans that were lost since it was told last, and of the last reason. */
export type OnLost = (fault: unknown, spans: number) => void;

type OnResult = Parameters<SpanExporter['export']>[1];

const QUIET_MS = 60_000;
/** `ExportResultCode.SUCCESS`. */
const TAKEN = 0;

/** Hands spans on to another exporter, and tells of those that were lost: once a minute at most. */
export class ReportingExporter implements SpanExporter {
  private lost = 0;
  private toldAt = -Infinity;

  constructor(
    private readonly inner: SpanExporter,
    private readonly onLost: OnLost,
    private readonly now: () => number = Date.now,
  ) {}

  export(spans: ReadableSpan[], onResult: OnResult): void {
    this.inner.export(spans, (result) => {
      if (Number(result.code) !== TAKEN) this.count(spans.length, result.error);
      onResult(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  private count(spans: number, fault: unknown): void {
    this.lost += spans;
    const now = this.now();
    if (now - this.toldAt < QUIET_MS) return;
    this.toldAt = now;
    this.onLost(fault, this.lost);
    this.lost = 0;
  }
}
