import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { AlgogateError } from '../domain/errors';
import type { Backend } from './backends';
import { CallerGone, StreamedBody } from './body';

/** How one call to a backend ended. */
export type BackendReply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer;
    }
  /** The answer went to the sink, which still holds its last bytes. */
  | { readonly kind: 'streamed' }
  /** Never connected, or broken off. */
  | { readonly kind: 'unavailable' }
  /** The answer was over the limit. */
  | { readonly kind: 'overlong' }
  /** A header came twice that says one thing about the answer. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cancelled' }
  /** The caller's body was at fault while it was passed on. */
  | { readonly kind: 'refused'; readonly error: AlgogateError };

/** Where an answer goes that is not to be held in memory. It keeps the last bytes back until it is told. */
export interface AnswerSink {
  /** False when it is full: `onDrain` is called when it has room. */
  write(chunk: Buffer): boolean;
  onDrain(resume: () => void): void;
}

export interface ExchangeRequest {
  readonly backend: Backend;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer | StreamedBody;
  readonly bodyLength: number | null;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  /** Asked when the answer begins; null: the answer is wanted whole. */
  readonly sinkFor: (status: number, headers: IncomingHttpHeaders) => AnswerSink | null;
}

/** A backend that kept silent counts against it only if it was given this long: callers choose their deadlines. */
const SILENCE_MS = 10_000;

/** undici gives a header that comes more than once as a list. */
const SINGLE_HEADERS = ['content-type', 'content-length', 'content-encoding'] as const;

class Cancelled extends Error {}

/** One call to a backend, over `undici`'s `dispatch`: never retried, never redirected, bounded in time and bytes. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly done: Promise<BackendReply>;
  /** From here on bytes may have reached the backend. */
  sent = false;
  /** Bytes of the answer so far. */
  received = 0;

  private readonly began = performance.now();
  private readonly timer: NodeJS.Timeout;
  private settle!: (reply: BackendReply) => void;
  private settled = false;
  private released = false;
  private endedAt = 0;
  private controller: Dispatcher.DispatchController | null = null;
  private responding = false;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];
  private sink: AnswerSink | null = null;

  constructor(private readonly request: ExchangeRequest) {
    this.done = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.timer = setTimeout(onDeadline, request.timeoutMs, this);
    const { backend, body, headers, bodyLength } = request;
    if (body instanceof StreamedBody) {
      body.on('error', (error) => {
        this.bodyFailed(error);
      });
      if (bodyLength !== null) headers.push('content-length', String(bodyLength));
    }
    backend.origin.pool.dispatch({ path: backend.path, method: 'POST', headers, body }, this);
  }

  /** How long it took, or has taken, in milliseconds. */
  get durationMs(): number {
    return (this.settled ? this.endedAt : performance.now()) - this.began;
  }

  /** The caller is gone: so is its call. */
  cancel(): void {
    this.finish({ kind: 'cancelled' });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.settled) throw new Cancelled(); // its turn came too late
    this.controller = controller;
    this.sent = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    this.responding = true;
    this.status = status;
    this.headers = headers;
    if (SINGLE_HEADERS.some((name) => Array.isArray(headers[name]))) {
      this.finish({ kind: 'ambiguous' });
      return;
    }
    if (Number(headers['content-length']) > this.request.maxOutputBytes) {
      this.finish({ kind: 'overlong' });
      return;
    }
    this.sink = this.request.sinkFor(status, headers);
    this.sink?.onDrain(() => {
      controller.resume();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.received += chunk.length;
    if (this.received > this.request.maxOutputBytes) this.finish({ kind: 'overlong' });
    else if (this.sink === null) this.chunks.push(chunk);
    else if (!this.sink.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.release();
    if (this.sink !== null) this.finish({ kind: 'streamed' });
    else
      this.finish({ kind: 'answered', status: this.status, headers: this.headers, body: this.wholeBody() });
  }

  onResponseError(): void {
    this.release();
    this.finish({ kind: 'unavailable' });
  }

  /** Ends it, once; what is still under way is cut off. */
  finish(reply: BackendReply): void {
    if (this.settled) return;
    this.settled = true;
    this.endedAt = performance.now();
    clearTimeout(this.timer);
    this.judgeBackend(reply);
    if (!this.released) this.controller?.abort(new Cancelled());
    if (this.request.body instanceof StreamedBody) this.request.body.destroy(); // it may not be read to its end
    this.settle(reply);
  }

  private judgeBackend(reply: BackendReply): void {
    const { breaker } = this.request.backend.origin;
    if (this.responding) breaker.succeed();
    else if (reply.kind === 'unavailable') breaker.fail();
    else if (reply.kind === 'timeout' && this.sent && this.request.timeoutMs >= SILENCE_MS) breaker.fail();
    else breaker.abandon();
  }

  private bodyFailed(error: Error): void {
    if (error instanceof AlgogateError) this.finish({ kind: 'refused', error });
    else if (error instanceof CallerGone) this.finish({ kind: 'cancelled' });
    // Anything else is the backend's connection failing, which `onResponseError` tells.
  }

  private wholeBody(): Buffer {
    const [only] = this.chunks;
    return this.chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.chunks, this.received);
  }

  /** Its place in the pool is free again. */
  private release(): void {
    if (this.released) return;
    this.released = true;
    this.request.backend.origin.active -= 1;
  }
}

function onDeadline(exchange: Exchange): void {
  exchange.finish({ kind: 'timeout' });
}
