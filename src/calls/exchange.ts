import type { Dispatcher } from 'undici';
import { AlgogateError } from '../domain/errors';
import type { Backend } from './backends';
import { CallerGone, StreamedBody } from './body';
import { NO_HEAD, readHead, type ReplyHead } from './reply-head';

/** How one call to a backend ended. */
export type BackendReply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly head: ReplyHead;
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
  readonly sinkFor: (status: number, head: ReplyHead) => AnswerSink | null;
}

/** A backend that kept silent counts against it only if it was given this long: callers choose their deadlines. */
const SILENCE_MS = 10_000;

class Cancelled extends Error {}

/**
 * One call to a backend, over `undici`'s `dispatch`: never retried, never redirected, bounded in time and bytes.
 *
 * It speaks to `undici` by the handlers of raw headers, which version 7 calls directly; their successors are a layer
 * above them that decodes every header, and cost a call about 2 µs more.
 */
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
  private abort: ((reason: Error) => void) | null = null;
  private responding = false;
  private status = 0;
  private head = NO_HEAD;
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

  onConnect(abort: (reason?: Error) => void): void {
    if (this.settled) throw new Cancelled(); // its turn came too late
    this.abort = abort;
    this.sent = true;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.responding = true;
    this.status = status;
    this.head = readHead(raw);
    if (this.head.ambiguous) this.finish({ kind: 'ambiguous' });
    else if ((this.head.contentLength ?? 0) > this.request.maxOutputBytes) this.finish({ kind: 'overlong' });
    else {
      this.sink = this.request.sinkFor(status, this.head);
      this.sink?.onDrain(resume);
    }
    return true;
  }

  /** False asks for a pause, until the sink has room. */
  onData(chunk: Buffer): boolean {
    if (this.settled) return true;
    this.received += chunk.length;
    if (this.received > this.request.maxOutputBytes) this.finish({ kind: 'overlong' });
    else if (this.sink === null) this.chunks.push(chunk);
    else return this.sink.write(chunk);
    return true;
  }

  onComplete(): void {
    this.release();
    if (this.sink !== null) this.finish({ kind: 'streamed' });
    else this.finish({ kind: 'answered', status: this.status, head: this.head, body: this.wholeBody() });
  }

  onError(): void {
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
    if (!this.released) this.abort?.(new Cancelled());
    if (this.request.body instanceof StreamedBody) this.request.body.destroy(); // it may not be read to its end
    this.settle(reply);
  }

  private judgeBackend(reply: BackendReply): void {
    const { origin, passage } = this.request.backend;
    const silent = reply.kind === 'timeout' && this.sent && this.request.timeoutMs >= SILENCE_MS;
    if (this.responding) origin.breaker.succeed(passage);
    else if (silent || reply.kind === 'unavailable') origin.breaker.fail(passage);
    else origin.breaker.abandon(passage);
  }

  private bodyFailed(error: Error): void {
    if (error instanceof AlgogateError) this.finish({ kind: 'refused', error });
    else if (error instanceof CallerGone) this.finish({ kind: 'cancelled' });
    // Anything else is the backend's connection failing, which `onError` tells.
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
