import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { z } from 'zod';

/** What the demo keeps beside the database: where its backends run, and its keys, which are random. */
const STATE = z.object({
  ports: z.record(z.string(), z.number().int()),
  /** False from before the first row of the demo until after its last. */
  complete: z.boolean(),
  keys: z.object({ admin: z.string(), member: z.string(), outsider: z.string() }),
});

export type DemoState = z.infer<typeof STATE>;

/** @throws Error when the file is there and is not ours */
export function readState(path: string): DemoState | null {
  return existsSync(path) ? STATE.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

/** Whole or not at all, and for its owner's eyes. */
export function writeState(path: string, state: DemoState): void {
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.tmp`;
  writeFileSync(half, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(half, path);
}
