import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CallError, inputError, type Input, type Output, type Progress, type Versions } from './algorithm';

/** Over the registry's own limit of 10 MiB for what goes in, so that it is the registry that refuses. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Serves an algorithm on 127.0.0.1, each version by `POST /<version>`, on the port that the command line names
 * (none, or 0: any free one). A parent that forked this process is told `{ port }` once it listens; when that
 * parent is gone, even killed, the channel to it closes and this process ends too.
 */
export function serve(versions: Versions): void {
  const server = createServer((request, response) => {
    answer(versions, request).then(
      (output) => sendOutput(response, output),
      (error: unknown) => sendError(response, error),
    );
  });
  server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
  process.once('disconnect', () => process.exit(0));
  // A Ctrl-C reaches the whole group of processes: ending is then the parent's to decide.
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', () => process.exit(0));
}

async function answer(versions: Versions, request: IncomingMessage): Promise<Output> {
  if (request.method !== 'POST') throw new CallError('UnsupportedError', 405, 'only POST is served');
  const [path = ''] = (request.url ?? '').split('?', 1);
  const version = path.slice(1);
  const handler = Object.hasOwn(versions, version) ? versions[version] : undefined;
  if (handler === undefined) throw new CallError('UnsupportedError', 404, 'no such version');
  const progress = progressOf(request);
  const input = readInput(request.headers['content-type'], await readBody(request));
  progress.checkDeadline();
  return handler(input, progress);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new CallError('InputError', 413, 'the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readInput(contentType: string | undefined, body: Buffer): Input {
  const [mediaType = ''] = (contentType ?? '').split(';', 1);
  switch (mediaType.trim().toLowerCase()) {
    case 'application/json':
      return { kind: 'json', value: readJson(body) };
    case 'text/plain':
    case 'application/text':
      return { kind: 'text', text: body.toString('utf8') };
    case 'application/octet-stream':
      return { kind: 'binary', bytes: body };
    default:
      throw inputError('expected application/json, text/plain or application/octet-stream');
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw inputError('the body is not JSON');
  }
}

/** `X-Algogate-Deadline` is a moment, in milliseconds since 1970; a call without it has all the time. */
function progressOf(request: IncomingMessage): Progress {
  const header = request.headers['x-algogate-deadline'];
  const deadline = header === undefined ? Infinity : Number(header);
  return {
    checkDeadline: () => {
      if (Date.now() > deadline)
        throw new CallError('TimeoutError', 408, 'the deadline of the call has passed');
    },
  };
}

function sendOutput(response: ServerResponse, output: Output): void {
  switch (output.kind) {
    case 'json':
      return send(response, 200, 'application/json', JSON.stringify(output.value));
    case 'text':
      return send(response, 200, 'text/plain; charset=utf-8', output.text);
    case 'binary':
      return send(response, 200, 'application/octet-stream', output.bytes);
  }
}

function sendError(response: ServerResponse, error: unknown): void {
  const shown =
    error instanceof CallError
      ? error
      : new CallError('AlgorithmError', 500, 'the algorithm failed on this input');
  const stacktrace = error instanceof CallError || !(error instanceof Error) ? undefined : error.stack;
  const body = { error: { message: shown.message, error_type: shown.type, stacktrace } };
  send(response, shown.status, 'application/json', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
