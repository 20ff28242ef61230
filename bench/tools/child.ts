import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import type { Answered, Asked } from './serve';

/** What a server is measured on, and what everything else runs on: the load and the backends. */
export type Core = 'server' | 'load';

const CORES: Readonly<Record<Core, string>> = { server: '0', load: '1' };

/** Whether processes can be bound to a core each. Without it the two sides of a measurement share all there are. */
export const PINNED = availableParallelism() >= 2 && spawnSync('taskset', ['--version']).status === 0;

/** With what the command itself runs Node, as its first line has it: so does whatever stands for a whole replica. */
export const COMMAND_FLAGS: readonly string[] = readFileSync(join(__dirname, '../../src/main.js'), 'utf8')
  .split('\n', 1)
  .flatMap((line) => line.split(' ').filter((word) => word.startsWith('--')));

const END_MS = 5_000;

const running = new Set<Child>();

/** A process of the benchmarks, which answers questions by name. */
export class Child {
  private asked = 0;
  private readonly waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private readonly ended: Promise<void>;

  private constructor(
    private readonly process: ChildProcess,
    script: string,
  ) {
    this.process.on('message', (answer: Answered) => {
      this.hear(answer);
    });
    this.ended = new Promise((resolve) => {
      this.process.on('exit', (code, signal) => {
        running.delete(this);
        const why = new Error(`${script} ended with ${signal ?? String(code)}`);
        for (const { reject } of this.waiting.values()) reject(why);
        resolve();
      });
    });
  }

  /**
   * Starts a program of this folder in a process of its own.
   * @param script from the benchmarks' folder: `servers/backend`
   * @param core that it is bound to; null: none
   */
  static start(script: string, core: Core | null, flags: readonly string[] = []): Child {
    const program = [process.execPath, ...flags, join(__dirname, '..', `${script}.js`)];
    const [command = '', ...rest] =
      core !== null && PINNED ? ['taskset', '-c', CORES[core], ...program] : program;
    const spawned = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const child = new Child(spawned, script);
    running.add(child);
    return child;
  }

  /** Asks the process, and waits for its answer; rejects with what it threw, or because it ended. */
  ask<T>(name: string, argument: unknown = null): Promise<T> {
    this.asked += 1;
    const id = this.asked;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.process.send({ id, name, argument } satisfies Asked);
    });
  }

  /** Microseconds of processor time that it has used. */
  async cpu(): Promise<number> {
    const { user, system } = await this.ask<NodeJS.CpuUsage>('cpu');
    return user + system;
  }

  /** Ends it, by itself or by force. */
  async end(): Promise<void> {
    if (!running.has(this)) return;
    if (this.process.connected) this.process.disconnect();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), END_MS);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private hear(answer: Answered): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.result as never);
  }
}

export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => child.end()));
}

/** For the last moment of the program, in which nothing can be awaited. */
export function killAll(): void {
  for (const child of running) child.kill();
}
