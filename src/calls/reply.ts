import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Standing } from '../domain/limits/standing';
import type { Answer } from './answer';
import type { AnswerSink } from './exchange';
import { discardRest } from './discard';
import type { CallSettings } from './settings';

type ReplySettings = Pick<CallSettings, 'discardBytes' | 'discardMs'>;

const NONE: readonly string[] = [];

/**
 * The answer to one request: writes it once, with the headers that all answers have, and leaves the connection
 * usable or closed, but never reset before the caller has read it.
 */
export class Reply {
  /** Set when the call is admitted, and the selector is caller-independent. */
  contentLocation: string | null = null;
  /** Of a deprecated version, names and values in turn; set when the call is admitted. */
  notices: readonly string[] = NONE;
  /** The connection is not to be used again: we are shutting down. */
  closing = false;
  private sink: ResponseSink | null = null;
  private standing: Standing | null = null;

  /**
   * @param webHeaders of CORS, names and values in turn; none for calls that are no browser's
   * @param answers in which it counts itself, by the first digit of its status
   */
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    readonly requestId: string,
    private readonly webHeaders: readonly string[],
    private readonly settings: ReplySettings,
    private readonly answers: Float64Array,
  ) {}

  /** Has any of it left? Then no other answer can be given. */
  get begun(): boolean {
    return this.response.headersSent;
  }

  /** Where the caller stands with its limits: what is told of it last, and what was told of others before. */
  tellStanding(standing: Standing): void {
    this.standing = this.standing === null ? standing : this.standing.and(standing);
  }

  /** @param requestId of the first answer, where this one is its replay */
  send(answer: Answer, requestId = this.requestId): void {
    if (this.response.destroyed) return;
    const { body } = answer;
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    this.writeHead(answer, length, requestId);
    this.end(body);
  }

  /** Begins an answer of `length` bytes whose last bytes are held back until `finishStream`. */
  beginStream(head: Omit<Answer, 'body'>, length: number): AnswerSink {
    this.writeHead(head, length, this.requestId);
    this.sink = new ResponseSink(this.response, length);
    return this.sink;
  }

  finishStream(): void {
    this.end(this.sink?.last ?? '');
  }

  /** The announced bytes will not come; cutting the connection is all that tells the caller so. */
  breakStream(): void {
    this.response.destroy();
  }

  /** An answer without a body. */
  sendEmpty(status: number, headers: readonly string[]): void {
    this.count(status);
    this.response.writeHead(status, [...this.commonHeaders(this.requestId), ...headers]);
    this.end('');
  }

  private writeHead(head: Omit<Answer, 'body'>, length: number, requestId: string): void {
    this.count(head.status);
    const headers = this.commonHeaders(requestId);
    headers.push('Content-Type', head.contentType, 'Content-Length', String(length));
    for (const part of head.headers) headers.push(part);
    this.response.writeHead(head.status, headers);
  }

  private count(status: number): void {
    const digit = Math.trunc(status / 100);
    this.answers[digit] = (this.answers[digit] ?? 0) + 1;
  }

  private commonHeaders(requestId: string): string[] {
    const headers = [
      'X-Request-Id',
      requestId,
      'X-Content-Type-Options',
      'nosniff',
      'Cache-Control',
      'no-store',
    ];
    if (this.contentLocation !== null) headers.push('Content-Location', this.contentLocation);
    for (const part of this.notices) headers.push(part);
    if (this.standing !== null) headers.push(...this.standing.headers);
    for (const part of this.webHeaders) headers.push(part);
    if (this.closing) headers.push('Connection', 'close');
    return headers;
  }

  private end(last: string | Buffer): void {
    const { request, response } = this;
    if (request.complete) {
      response.end(last);
    } else if (this.closing) {
      // An end would close the connection under the bytes that are still coming.
      response.write(last);
      discardRest(request, this.settings, () => response.end());
    } else {
      response.end(last);
      discardRest(request, this.settings, (whole) => {
        if (!whole) request.socket.destroy();
      });
    }
  }
}

/** Passes chunks on as they come, but for the one that completes the announced length. */
class ResponseSink implements AnswerSink {
  last: Buffer | null = null;
  private written = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly length: number,
  ) {}

  write(chunk: Buffer): boolean {
    this.written += chunk.length;
    if (this.written >= this.length) {
      this.last = chunk;
      return true;
    }
    return this.response.write(chunk);
  }

  onDrain(resume: () => void): void {
    this.response.on('drain', resume);
  }
}
