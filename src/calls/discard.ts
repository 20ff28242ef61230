import type { IncomingMessage } from 'node:http';

/**
 * Reads the rest of a request and throws it away. A connection that is closed while bytes are still coming is reset,
 * and a reset takes back the answer that was already on its way; so what was refused is heard out, up to a bound.
 * @param done called once, when the rest has come or the bound was met
 */
export function discardRest(
  request: IncomingMessage,
  bounds: { readonly discardBytes: number; readonly discardMs: number },
  done: (whole: boolean) => void,
): void {
  let left = bounds.discardBytes;
  let over = false;
  const finish = (whole: boolean): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(whole);
  };
  const timer = setTimeout(finish, bounds.discardMs, false).unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) finish(false);
  });
  request.on('end', () => {
    finish(true);
  });
  request.on('close', () => {
    finish(false);
  });
  request.resume();
}
