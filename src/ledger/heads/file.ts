import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { HeadSink } from './signer';
import { headLine, type SignedHead } from './signed-head';

const NEW_LINE = '\n'.charCodeAt(0);

/**
 * Signed heads in a file outside the database, a line each: appended and never rewritten, on disk before the next are.
 * It is for whoever runs the registry alone: it tells how often private things change.
 */
export class HeadFile implements HeadSink {
  readonly name = 'file';

  constructor(private readonly path: string) {}

  async write(heads: readonly SignedHead[]): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a+', 0o600);
    try {
      const text = heads.map((head) => `${headLine(head)}\n`).join('');
      // in one write: other processes may append to the same file
      await file.appendFile((await endsWithinLine(file)) ? `\n${text}` : text);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** Whether a disk that was full, or lost its power, left the beginning of a line. */
async function endsWithinLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEW_LINE;
}
