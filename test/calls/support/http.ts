import { Agent, createServer, request } from 'node:http';
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  Server,
  ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** A list goes out in chunks, without a length. */
  readonly body?: string | Buffer | readonly (string | Buffer)[];
  readonly agent?: Agent;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** One request on a connection of its own, unless an agent is given; rejects where the answer breaks off. */
export function send(
  url: string,
  { method = 'POST', headers = {}, body = '', agent }: Sent,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: agent ?? new Agent() }, (incoming) => {
      collect(incoming).then((whole) => {
        const status = incoming.statusCode ?? 0;
        resolve({ status, headers: incoming.headers, body: whole, text: whole.toString() });
      }, reject);
    });
    outgoing.on('error', reject);
    if (typeof body === 'string' || Buffer.isBuffer(body)) {
      if (!('Content-Length' in headers) && method === 'POST') {
        outgoing.setHeader('Content-Length', Buffer.byteLength(body));
      }
      outgoing.end(body);
    } else {
      outgoing.setHeader('Transfer-Encoding', 'chunked');
      for (const chunk of body) outgoing.write(chunk);
      outgoing.end();
    }
  });
}

export function collect(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    incoming.on('error', reject);
  });
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

/** A server on a free port of the loopback interface. */
export async function listen(server: Server, port = 0): Promise<Listening> {
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface TestBackend extends Listening {
  readonly seen: SeenRequest[];
}

/** A backend that reads what it is sent, remembers it, and answers with `answer`. */
export async function startBackend(
  answer: (request: SeenRequest, response: ServerResponse) => void,
  port = 0,
): Promise<TestBackend> {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    collect(incoming).then(
      (body) => {
        const one = { method: incoming.method, url: incoming.url, headers: incoming.headers, body };
        seen.push(one);
        answer(one, response);
      },
      () => response.destroy(),
    );
  });
  return { ...(await listen(server, port)), seen };
}

/** Answers with this body and type. */
export function answering(
  contentType: string | null,
  body: string | Buffer,
  status = 200,
  headers: OutgoingHttpHeaders = {},
): (request: SeenRequest, response: ServerResponse) => void {
  return (_, response) => {
    response.writeHead(status, {
      ...headers,
      ...(contentType === null ? {} : { 'Content-Type': contentType }),
    });
    response.end(body);
  };
}
