import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import type { DatabaseTarget } from '../../src/database';
import { environmentOf, type Settings } from '../builders/server';

const PROGRAM = join(__dirname, 'server.cjs');
/** Handed on to the process of its planner. */
const TYPESCRIPT = join(__dirname, '../calls/support/register.cjs');
/** Of its log, for the message of a failure. */
const LINES_KEPT = 20;

/** A moment of its journal at which a server ends itself by SIGKILL; `server.cjs` has the words. */
export type Moment = `${'rm' | 'readFile'}:${number}`;

/** One run of the server, from when it serves. */
export interface Life {
  readonly url: string;
  /** Resolves when the process has ended. */
  readonly over: Promise<void>;
}

/** `algogate serve` in a process of its own, which is killed, and started again on what it left. */
export class Replica {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'algogate-soak-'));
  /** How often it was ended by SIGKILL, whoever sent it. */
  kills = 0;
  private removed = false;
  private process: ChildProcessWithoutNullStreams | null = null;
  private successor: ChildProcessWithoutNullStreams | null = null;
  private life: Life | null = null;
  private readonly log: string[] = [];
  private readonly events = new EventEmitter().setMaxListeners(0);

  constructor(
    private readonly target: DatabaseTarget,
    private readonly settings: Settings = {},
  ) {}

  /** Loads the program into the process that the next start is of, so that the start takes half the time. */
  prepare(): void {
    if (this.removed) throw new Error('the server is gone for good');
    this.successor ??= spawn(process.execPath, ['-r', TYPESCRIPT, PROGRAM, 'serve'], {
      cwd: this.dataDir,
      env: { PATH: process.env['PATH'] },
    });
  }

  /**
   * Starts it, and waits until it serves.
   * @throws Error with the end of its log where it ends instead
   */
  async start(): Promise<void> {
    await this.run({});
    if (this.life === null) throw new Error(`the server did not start:\n${this.log.join('\n')}`);
  }

  /** Starts it, to die at this moment. Waits until it serves, or is dead. */
  async startDoomed(moment: Moment): Promise<void> {
    await this.run({ DIES_AT: moment });
  }

  /** The run that serves; waits while none does. */
  async serving(): Promise<Life> {
    while (this.life === null) await once(this.events, 'serving');
    return this.life;
  }

  /** Sends it a signal. SIGKILL has done its work when this returns. */
  kill(signal: NodeJS.Signals): void {
    this.process?.kill(signal);
  }

  /** Waits for its end, whoever brings it about. */
  async ended(): Promise<void> {
    if (this.process !== null) await once(this.events, 'ended');
  }

  /** Request ids of the records in its journal. */
  journalled(): string[] {
    return this.segments.flatMap((path) =>
      Array.from(readFileSync(path, 'utf8').matchAll(/^\{"requestId":"([0-9a-f]+)"/gm), ([, id]) => id!),
    );
  }

  /** Waits until nothing is left in its journal. */
  async drained(): Promise<void> {
    while (this.segments.length > 0) await pause(50);
  }

  /** Ends it for good, and is rid of its folder. */
  async remove(): Promise<void> {
    this.kill('SIGKILL');
    this.successor?.kill('SIGKILL');
    await this.ended();
    this.removed = true;
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private get segments(): string[] {
    const journal = join(this.dataDir, 'journal');
    const names = readdirSync(journal).filter((name) => name.endsWith('.ndjson'));
    return names.map((name) => join(journal, name));
  }

  private async run(more: Settings): Promise<void> {
    this.prepare();
    const child = this.successor!;
    this.successor = null;
    this.process = child;
    const over = once(child, 'exit').then(([, signal]) => {
      if (signal === 'SIGKILL') this.kills += 1;
      this.process = null;
      this.life = null;
      this.events.emit('ended');
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        this.hear(line, over);
      });
    }
    const environment = { ...environmentOf(this.target, this.dataDir), ...this.settings, ...more };
    child.stdin.write(`${JSON.stringify(environment)}\n`);
    await Promise.race([once(this.events, 'serving'), once(this.events, 'ended')]);
  }

  private hear(line: string, over: Promise<void>): void {
    const url = /"url":"([^"]+)","msg":"serving"/.exec(line)?.[1];
    if (url !== undefined && this.process !== null) {
      this.life = { url, over };
      this.events.emit('serving');
    }
    this.log.push(line);
    if (this.log.length > LINES_KEPT) this.log.shift();
  }
}
