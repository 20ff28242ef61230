import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { collect, listen, type Listening } from '../calls/support/http';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FAULT = '{"error":{"message":"not today","error_type":"AlgorithmError"}}';
/** Long enough to be streamed to its caller. */
const LARGE = Buffer.alloc(128 * 1024, 'x');
const SLOWEST_MS = 150;

/** How the soak's algorithms answer, by the first part of a build's path. */
const ALGORITHMS: Readonly<Record<string, (body: Buffer, response: ServerResponse) => void>> = {
  echo: (body, response) => response.writeHead(200, JSON_TYPE).end(body),
  faulty: (_body, response) => response.writeHead(400, JSON_TYPE).end(FAULT),
  breaking: (_body, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'Content-Length': 100 });
    response.write('{', () => response.destroy());
  },
  large: (_body, response) =>
    response
      .writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': LARGE.length })
      .end(LARGE),
  // not all alike: a kill is to find some of them under way
  slow: (body, response) => {
    setTimeout(() => response.writeHead(200, JSON_TYPE).end(body), (body.length * 37) % SLOWEST_MS);
  },
};

/** The algorithms of the soak, which note who was forwarded to them. */
export interface Backend extends Listening {
  /** Request ids, as the headers have them. */
  readonly reached: Set<string>;
}

export async function startAlgorithms(): Promise<Backend> {
  const reached = new Set<string>();
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = String(request.headers['x-algogate-request-id']);
    if (reached.has(requestId)) throw new Error('a call was forwarded twice');
    reached.add(requestId);
    const body = await collect(request);
    ALGORITHMS[request.url!.split('/')[1]!]!(body, response);
  }
  return { ...(await listen(server)), reached };
}
