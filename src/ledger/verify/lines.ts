import type { Readable } from 'node:stream';

/**
 * The lines of a stream of UTF-8, without their ends. Node's own readline ends lines at U+2028 too, which may stand in
 * JSON as it is.
 */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
