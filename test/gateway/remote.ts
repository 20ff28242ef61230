import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parse } from 'graphql';
import {
  type HttpRunner,
  type HttpRunnerOptions,
  overHttp,
  type SubgraphRequest,
  type SubgraphResult,
} from '../../src/gateway';
import { collect, listen, type Listening, type SeenRequest } from '../calls/support/http';

/** A subgraph's server that answers as the test says, and remembers what it was sent. */
export interface Remote extends Listening {
  readonly seen: SeenRequest[];
  /** Requests whose connection the gateway closed before they were answered. */
  readonly left: () => number;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** @param answers one for each request in turn; the last of them for all that follow */
export async function remote(...answers: [Answer, ...Answer[]]): Promise<Remote> {
  const seen: SeenRequest[] = [];
  let left = 0;
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) left += 1;
    });
    void collect(request).then((body) => {
      const answer = answers[Math.min(seen.length, answers.length - 1)];
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer?.(response, request);
    });
  });
  return { ...(await listen(server)), seen, left: () => left };
}

export const json =
  (body: unknown, status = 200, type = 'application/graphql-response+json'): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

export const silence: Answer = () => undefined;

export const reset: Answer = (_response, request) => {
  request.socket.resetAndDestroy();
};

/** Head and half a body, and then nothing. */
export const half: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"data":{"a"');
};

/** Half a body, and the connection is closed. */
export const brokenOff: Answer = (response, request) => {
  half(response, request);
  setImmediate(() => request.socket.destroy());
};

/** Longer than any test waits: what is late in time is never what it asserts. */
const LONG_MS = 30_000;

/** A runner of the subgraph `users` at `url`. */
export function runnerOf(url: string, options: Partial<HttpRunnerOptions> = {}): HttpRunner {
  return overHttp({ name: 'users', url, timeoutMs: LONG_MS, ...options });
}

export function query(text = '{ a }', more: Partial<SubgraphRequest> = {}): SubgraphRequest {
  return {
    document: parse(text),
    query: text,
    operationKind: 'query',
    operationName: undefined,
    variables: {},
    context: null,
    signal: undefined,
    ...more,
  };
}

/** What the runner answers, as JSON, or what it says of why it does not. */
export async function outcome(answer: Promise<SubgraphResult> | SubgraphResult): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify(await answer)) as unknown;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : error;
  }
}
