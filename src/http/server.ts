import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import Fastify, { type FastifyInstance } from 'fastify';

import type { CallPath } from '../calls';
import { newRequestId } from '../calls';
import { AlgogateError } from '../domain/errors';
import { errorBody, isFault, sendError } from './errors';

/** In which a request, body included, must have arrived. */
const REQUEST_TIMEOUT_MS = 60_000;
/**
 * Longer than gateways and proxies keep a connection, as a rule: one that closed just when a mutation was sent would
 * leave it unknown whether that was made.
 */
const KEEP_ALIVE_MS = 75_000;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

export interface ServerParts {
  /** Null where no calls are taken, and gateways alone are spoken to. */
  readonly calls: Pick<CallPath, 'attach'> | null;
  /** Told of faults of ours, with the id of the request that met them. */
  readonly onFault: (fault: unknown, requestId: string) => void;
}

/** The HTTP server: the call path in front, for speed, and Fastify behind it for everything else. */
export function createHttpServer({ calls, onFault }: ServerParts): FastifyInstance {
  const server = Fastify({
    // a request's id is ours, never the client's
    genReqId: newRequestId,
    requestIdHeader: false,
    logger: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
    clientErrorHandler: refuseMalformed,
    // what Fastify refuses before there is a route: a malformed escape in the path, for one
    frameworkErrors: (_error, request, reply) => {
      reply.header('x-request-id', request.id).headers(SECURITY_HEADERS);
      void sendError(reply, new AlgogateError('INVALID_REFERENCE', 'the path does not parse'));
    },
    serverFactory: (fastify) => {
      const http = createServer({ requireHostHeader: false, requestTimeout: REQUEST_TIMEOUT_MS });
      http.on('checkExpectation', refuseExpectation);
      http.keepAliveTimeout = KEEP_ALIVE_MS;
      if (calls !== null) calls.attach(http, fastify);
      else http.on('request', fastify);
      return http;
    },
  });
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).headers(SECURITY_HEADERS);
    done();
  });
  server.setErrorHandler((error, request, reply) => {
    if (isFault(error)) onFault(error, request.id);
    return sendError(reply, error);
  });
  server.setNotFoundHandler((_request, reply) =>
    sendError(reply, new AlgogateError('NOT_FOUND', 'there is nothing at this path')),
  );
  return server;
}

const TOO_MANY_HEADERS = 'HPE_HEADER_OVERFLOW';
const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

/** An `Expect` of anything but 100-continue. */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = errorBody(new AlgogateError('INVALID_INPUT', 'this expectation cannot be met'));
  response.writeHead(417, {
    'x-request-id': newRequestId(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** What `error` of the HTTP parser is to whoever sent it: the status line, and the error. */
function malformed(error: NodeJS.ErrnoException): readonly [status: string, error: AlgogateError] {
  if (error.code === TOO_MANY_HEADERS) {
    return [
      '431 Request Header Fields Too Large',
      new AlgogateError('TOO_LARGE', 'the headers are too large'),
    ];
  }
  if (error.code === TOO_SLOW) {
    return ['408 Request Timeout', new AlgogateError('INVALID_INPUT', 'the request did not arrive in time')];
  }
  return ['400 Bad Request', new AlgogateError('INVALID_INPUT', 'the request is not HTTP')];
}

/** What is no HTTP is refused in the shape that clients of the wire protocol expect all the same. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const [status, refusal] = malformed(error);
  const body = errorBody(refusal);
  const head = [
    `HTTP/1.1 ${status}`,
    `X-Request-Id: ${newRequestId()}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Has an answer begun that is not over? What we would say now would be taken for a part of it. */
function isAnswering(socket: Duplex): boolean {
  // there is no other way to ask: Node's own handler of such errors looks here too
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return answer instanceof ServerResponse && answer.headersSent;
}
