import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a process of a test reads TypeScript, and the program in it. */
export const PROGRAM = [
  '-r',
  join(__dirname, '../calls/support/register.cjs'),
  join(__dirname, '../../src/main.ts'),
];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it left in the folder that it ran in. */
  readonly files: readonly string[];
}

/**
 * Runs a command of the program in a folder of its own, with these variables alone, to its end.
 * @param given what is in the folder, by name
 * @param input what it reads from its standard input
 */
export async function algogate(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  given: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Ended> {
  const cwd = mkdtempSync(join(tmpdir(), 'algogate-main-'));
  for (const [name, text] of Object.entries(given)) writeFileSync(join(cwd, name), text);
  const child = spawn(process.execPath, [...PROGRAM, ...words], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    timeout: 30_000,
  });
  // one that ends without reading it closes it first
  child.stdin.on('error', () => undefined).end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  await once(child, 'close');
  const files = readdirSync(cwd).filter((name) => !Object.hasOwn(given, name));
  rmSync(cwd, { recursive: true });
  return { code: child.exitCode, stdout, stderr, files };
}
