import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '../tools/serve';

/** A small algorithm on plain `node:http`: it reads its input to the end and answers with the same result each time. */
const RESULT = Buffer.from(JSON.stringify({ label: 'benign', score: 0.9731, model: 'a small backend' }));
const HEADERS = { 'Content-Type': 'application/json', 'Content-Length': RESULT.length };

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, HEADERS);
    response.end(RESULT);
  });
});
server.keepAliveTimeout = 60_000;

serve({
  start: () =>
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        resolve((server.address() as AddressInfo).port);
      });
    }),
});
