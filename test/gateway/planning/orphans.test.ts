import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { expectSoon } from '../../builders/soon';
import { isThere } from './support';

/** The process of the planners ends with the one that started it, however that ends. */

const TYPESCRIPT = join(__dirname, '../../calls/support/register.cjs');

async function start(mode: string): Promise<{ parent: ChildProcess; pid: number }> {
  const parent = spawn(process.execPath, ['-r', TYPESCRIPT, join(__dirname, 'parent.ts'), mode]);
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, pid: Number(String(said)) };
}

const expectGone = (pid: number): Promise<void> => expectSoon(() => Promise.resolve(isThere(pid)), false);

test('killed while something is planned that takes minutes, it leaves nothing behind', async () => {
  const { parent, pid } = await start('plans');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isThere(pid)).toBe(true);
  const ended = once(parent, 'exit');
  parent.kill('SIGKILL');
  await ended;
  await expectGone(pid);
});

test('a program that is done ends, though it did not stop its gateway', async () => {
  const { parent, pid } = await start('ends');
  expect(await once(parent, 'exit')).toEqual([0, null]);
  await expectGone(pid);
});

test('what a terminal sends to all ends the parent alone', async () => {
  const { parent, pid } = await start('plans');
  process.kill(pid, 'SIGINT');
  process.kill(pid, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isThere(pid)).toBe(true);
  parent.kill('SIGINT');
  await expectGone(pid);
});
