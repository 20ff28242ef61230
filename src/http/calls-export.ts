import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

import type { FastifyInstance } from 'fastify';

import { Callers } from '../calls';
import { AlgogateError } from '../domain/errors';
import { principalId } from '../domain/principal';
import type { CallsService, VisibleCall } from '../subgraphs/usage';
import { type CallFormat, FORMATS } from './call-lines';
import { parseCallsQuery } from './calls-query';
import type { Authenticate, Entrance } from './entrance';
import { isFault } from './errors';

/** Each holds a connection, and reads as fast as its client does. */
const MOST_AT_ONCE = 4;

export interface CallsExportParts {
  readonly calls: CallsService;
  readonly enter: Entrance;
  readonly authenticate: Authenticate;
  /** `work`, given up where the database falls silent under it. */
  readonly unlessSilent: <T>(work: Promise<T>) => Promise<T>;
  /** Told of faults of ours that end an export after it has begun. */
  readonly onFault: (fault: unknown, requestId: string) => void;
}

/**
 * `GET /v1/calls`: records of calls as a file, oldest first, of any length. It is written as fast as it is read, and
 * reading stops where its client is gone. Where it cannot go on, the connection is cut, so that no part of a file is
 * taken for all of it. Source: chapter 6, "What can be asked".
 */
export function callsExportRoute(
  server: FastifyInstance,
  { calls, enter, authenticate, unlessSilent, onFault }: CallsExportParts,
): void {
  const exports = new Callers(MOST_AT_ONCE, 'exports');

  // the answer to a HEAD would be all the work, and nothing to show for it
  server.get('/v1/calls', { exposeHeadRoute: false }, async (request, reply) => {
    const asking = () => authenticate(request.headers.authorization);
    const principal = await enter(request, reply);
    if (principal.kind === 'anonymous') {
      throw new AlgogateError('UNAUTHENTICATED', 'a credential is needed to export calls');
    }
    const [, query = ''] = /\?(.*)$/s.exec(request.raw.url ?? '') ?? [];
    const limits = { now: Date.now(), keptMs: calls.keptMs };
    const asked = parseCallsQuery(query, request.headers.accept, limits);
    const leave = beginFor(principalId(principal));
    const pages = inTime(calls.export(asking, asked.target, asked.time), unlessSilent);
    const file = await opened(pages, FORMATS[asked.format], {
      onEnd: leave,
      onError: (error) => {
        if (isFault(error)) onFault(error, request.id);
      },
    });
    endWith(request.raw.socket, file);
    const { contentType, extension } = FORMATS[asked.format];
    return reply
      .header('cache-control', 'private, no-store')
      .header('content-disposition', `attachment; filename="${asked.fileName}.${extension}"`)
      .type(contentType)
      .send(file);
  });

  /** @returns what gives the place back @throws AlgogateError RATE_LIMITED */
  function beginFor(exporter: string): () => void {
    exports.enter(exporter);
    return () => {
      exports.leave(exporter);
    };
  }
}

interface Watch {
  readonly onEnd: () => void;
  /** Told of what ends a file after it has begun. */
  readonly onError: (error: unknown) => void;
}

type Pages = AsyncGenerator<readonly VisibleCall[], void>;

/** The pages, each given up where the database falls silent under it: single reads would wait for its return. */
async function* inTime(pages: Pages, unlessSilent: CallsExportParts['unlessSilent']): Pages {
  try {
    for (;;) {
      const { value, done } = await unlessSilent(pages.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    // not waited for: what was given up may not come to its end for long
    void pages.return().catch(() => undefined);
  }
}

/** The file, once its first page is there: what is refused is refused before an answer has begun. */
async function opened(pages: Pages, format: CallFormat, { onEnd, onError }: Watch): Promise<Readable> {
  try {
    const { value } = await pages.next();
    const file = Readable.from(textOf(value ?? [], pages, format, onError), { objectMode: false });
    return file.once('close', onEnd);
  } catch (error) {
    onEnd();
    throw error;
  }
}

/** An answer that waits behind another on its connection never hears that this is gone. */
function endWith(socket: Socket, file: Readable): void {
  const end = () => file.destroy();
  if (socket.destroyed) end();
  else socket.once('close', end);
  file.once('close', () => socket.off('close', end));
}

/** One piece for each page: the next is read when this one is on its way. */
async function* textOf(
  first: readonly VisibleCall[],
  pages: Pages,
  { head, line }: CallFormat,
  onError: (error: unknown) => void,
): AsyncGenerator<string, void> {
  try {
    yield head + first.map(line).join('');
    for await (const page of pages) yield page.map(line).join('');
  } catch (error) {
    onError(error);
    throw error;
  }
}
