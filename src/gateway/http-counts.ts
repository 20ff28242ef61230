import type { HttpFailureKind } from './http-failure';

/** What was asked of a subgraph over HTTP. It may outlive the runner that counts in it, and be handed to the next. */
export class HttpCounts {
  /** Of the gateway; what was sent again is not among them. */
  requests = 0;
  retries = 0;
  readonly failures = new Map<HttpFailureKind, number>();

  fail(kind: HttpFailureKind): void {
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
  }
}
