import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { AlgogateError } from '../domain/errors';
import { isNestedTooDeep, MAX_NESTING } from './nesting';

export type ContentKind = 'json' | 'text' | 'binary';

/** The body of a call, before it is read. */
export interface InputHead {
  readonly kind: ContentKind;
  /** As the caller sent it, parameters included. */
  readonly contentType: string;
  /** In bytes; null for a chunked body. */
  readonly length: number | null;
}

/** The caller closed its connection: there is nobody to answer. */
export class CallerGone extends Error {}

const KINDS: ReadonlyMap<string, ContentKind> = new Map([
  ['application/json', 'json'],
  ['text/plain', 'text'],
  ['application/text', 'text'],
  ['application/octet-stream', 'binary'],
]);

/**
 * What the headers say of the body.
 * @throws AlgogateError INVALID_INPUT for a missing or unknown content type or an encoding, TOO_LARGE
 */
export function describeInput(request: IncomingMessage, maxBytes: number): InputHead {
  const headers = request.headers;
  const contentType = headers['content-type'];
  const kind = contentType === undefined ? undefined : KINDS.get(mediaType(contentType));
  if (contentType === undefined || kind === undefined) {
    throw new AlgogateError(
      'INVALID_INPUT',
      'Content-Type must be application/json, text/plain (or application/text) or application/octet-stream',
    );
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new AlgogateError('INVALID_INPUT', 'Content-Encoding is not supported: send the body as it is');
  }
  const declared = headers['content-length'];
  if (declared === undefined) return { kind, contentType, length: isChunked(request) ? null : 0 };
  const length = Number(declared);
  if (length > maxBytes) throw tooLarge(maxBytes);
  return { kind, contentType, length };
}

/** `type/subtype` of a `Content-Type`, in lower case, without parameters. */
export function mediaType(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/**
 * Reads the whole body.
 * @throws AlgogateError TOO_LARGE, as soon as more than `maxBytes` have come; CallerGone
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (request.destroyed) {
      reject(new CallerGone());
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) {
        request.off('data', onData);
        reject(tooLarge(maxBytes));
      }
    };
    request.on('data', onData);
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size));
    });
    request.on('close', () => {
      if (!request.readableEnded) reject(new CallerGone());
    });
  });
}

/**
 * Strict JSON, in strict UTF-8 (RFC 8259). Of members with one name the last one counts.
 * @throws AlgogateError INVALID_INPUT, without a word of the input in its message
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) {
    throw new AlgogateError('INVALID_INPUT', 'the body is empty, which is not JSON: send null for no input');
  }
  if (!isUtf8(body))
    throw new AlgogateError('INVALID_INPUT', 'the body is not valid UTF-8, which JSON must be');
  if (isNestedTooDeep(body))
    throw new AlgogateError('INVALID_INPUT', `the body is nested deeper than ${MAX_NESTING} levels`);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new AlgogateError('INVALID_INPUT', 'the body is not valid JSON');
  }
}

/**
 * A body on its way to the backend while it still comes in: counted, bounded, and with a life of its own (the
 * backend's client destroys the stream that it sends; destroying the request would close the caller's connection).
 * Errors: AlgogateError TOO_LARGE, CallerGone.
 */
export class StreamedBody extends Readable {
  size = 0;

  constructor(
    private readonly request: IncomingMessage,
    maxBytes: number,
  ) {
    super();
    request.on('data', (chunk: Buffer) => {
      if (this.destroyed) return;
      this.size += chunk.length;
      if (this.size > maxBytes) this.destroy(tooLarge(maxBytes));
      else if (!this.push(chunk)) request.pause();
    });
    request.on('end', () => this.push(null));
    request.on('close', () => {
      if (!request.readableEnded) this.destroy(new CallerGone());
    });
    request.pause();
  }

  override _read(): void {
    this.request.resume();
  }

  /** What still comes is read and thrown away by whoever answers the caller. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.request.resume();
    callback(error);
  }
}

function isChunked(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined;
}

function tooLarge(maxBytes: number): AlgogateError {
  return new AlgogateError('TOO_LARGE', `the body is over the limit of ${maxBytes} bytes`);
}
