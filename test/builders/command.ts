import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Settings } from './server';

const TYPESCRIPT = join(__dirname, '../calls/support/register.cjs');
const MAIN = join(__dirname, '../../src/main.ts');

export interface CommandEnded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `algogate` with these variables alone. @param input what comes in */
export async function runAlgogate(
  words: readonly string[],
  env: Settings,
  input = '',
): Promise<CommandEnded> {
  const child = spawn(process.execPath, ['-r', TYPESCRIPT, MAIN, ...words], {
    env: { PATH: process.env['PATH'], ...env },
    timeout: 60_000,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}
