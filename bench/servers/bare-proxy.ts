import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Dispatcher, Pool } from 'undici';

import { serve } from '../tools/serve';

/**
 * The fastest plain proxy that Node can be made into: `node:http` in front, `undici`'s `dispatch` with a handler
 * behind, the result wrapped as the wire protocol has it. It knows no credentials, versions or records.
 * Source: chapter 4, "Speed".
 */
class Wrapped implements Dispatcher.DispatchHandler {
  private readonly began = performance.now();
  private readonly chunks: Buffer[] = [];
  private status = 0;

  constructor(private readonly response: ServerResponse) {}

  onConnect(): void {
    // needed by `dispatch`
  }

  onHeaders(status: number): boolean {
    this.status = status;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    const [first] = this.chunks;
    const result = this.chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.chunks);
    const seconds = Math.round((performance.now() - this.began) * 1000) / 1e6;
    const body = `{"result":${result.toString()},"metadata":{"content_type":"json","duration":${seconds}}}`;
    this.response.writeHead(this.status, [
      'Content-Type',
      'application/json',
      'Content-Length',
      String(Buffer.byteLength(body)),
    ]);
    this.response.end(body);
  }

  onError(): void {
    this.response.writeHead(502).end();
  }
}

function start(backend: string): Promise<number> {
  const { origin, pathname } = new URL(backend);
  const pool = new Pool(origin, { connections: 128, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [first] = chunks;
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      const headers = ['content-type', request.headers['content-type'] ?? 'application/json'];
      pool.dispatch({ path: pathname, method: 'POST', headers, body }, new Wrapped(response));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

serve({ start });
