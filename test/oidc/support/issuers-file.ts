import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stringify } from 'yaml';

/** Writes what `ALGOGATE_ISSUERS` is to name; gives its path. */
export function issuersFile(content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'algogate-issuers-')), 'issuers.yaml');
  writeFileSync(path, typeof content === 'string' ? content : stringify(content));
  return path;
}
