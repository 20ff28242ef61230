import { type Dispatcher, errors } from 'undici';
import type { HttpAnswer } from './http-answer';
import { HttpFailure } from './http-failure';

export interface HttpPost {
  /** Path and query of the subgraph's URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bytes of the answer that are read at the most. */
  readonly maxBytes: number;
  /** Ends it, whatever it is at: the connection is closed then. */
  readonly signal: AbortSignal;
}

/**
 * Sends one request and reads its answer whole: no redirect is followed.
 * @throws HttpFailure `unreachable`, `overlong`, or `unsent` where a header is none; the reason of `signal` where that fired
 */
export async function exchange(dispatcher: Dispatcher, post: HttpPost): Promise<HttpAnswer> {
  const { path, headers, body, maxBytes, signal } = post;
  try {
    const response = await dispatcher.request({ path, method: 'POST', headers, body, signal });
    // what is thrown away below would otherwise be an error that nobody listens to
    response.body.on('error', () => undefined);
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
      response.body.destroy();
      throw new HttpFailure('overlong');
    }
    return {
      status: response.statusCode,
      contentType: headerOf(response, 'content-type'),
      contentEncoding: headerOf(response, 'content-encoding').toLowerCase(),
      body: await readWhole(response.body, maxBytes),
    };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (cause instanceof HttpFailure) throw cause;
    const kind = cause instanceof errors.InvalidArgumentError ? 'unsent' : 'unreachable';
    throw new HttpFailure(kind, undefined, { cause });
  }
}

async function readWhole(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // to leave the loop early closes the connection
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new HttpFailure('overlong');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}
