import type { Reference } from '../domain/reference';
import type { TraceSpan } from './span';

/** What a reference was found to name. */
export interface Found {
  /** `Owner/Name/1.2.3`, or with the SHA. */
  readonly canonical: string;
  /** In one sentence. */
  readonly rule: string;
}

/** Begins the span of a resolution within that of a request. */
export function startResolution(parent: TraceSpan, { written, selector }: Reference): TraceSpan {
  return parent
    .child('resolve', 'internal')
    .set('algogate.reference', written)
    .set('algogate.selector', selector.kind);
}

export function endResolution(span: TraceSpan, { canonical, rule }: Found): void {
  span.set('algogate.rule', rule).set('algogate.resolved', canonical).end();
}
