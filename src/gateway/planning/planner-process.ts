import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { extname, join } from 'node:path';

import type { Asked, Reply, Told } from './messages';

/** A supergraph as the processes know it. */
export interface NumberedGraph {
  readonly number: number;
  readonly supergraphSdl: string;
}

export interface ProcessEvents {
  readonly onReady: () => void;
  readonly onReply: (reply: Reply) => void;
  /** Once; whatever it was asked and has not answered, it never will. */
  readonly onEnd: (how: ProcessEnd) => void;
}

export interface ProcessEnd {
  readonly signal: NodeJS.Signals | null;
  /** In words, with the last that it said. */
  readonly reason: string;
}

/** As TypeScript under Jest, as JavaScript in `dist/`. */
const PROGRAM = join(__dirname, `process-main${extname(__filename)}`);

/** The graph that is served, one before it on which requests still end, and room for what is only tried. */
const GRAPHS_KEPT = 3;

/** What is kept of what the process says on its way out: a panic's message comes first, and a backtrace that says nothing. */
const LAST_WORDS = 500;

/** A process of planners: started, asked and ended. It does not keep this process alive but while it is asked. */
export class PlannerProcess {
  isReady = false;
  private readonly child: ChildProcess;
  /** The supergraphs that it has, the least recently asked one first. */
  private readonly graphs = new Set<number>();
  private words = '';
  private hasEnded = false;

  constructor(private readonly events: ProcessEvents) {
    // It reads what strangers write, and needs no secrets. What it prints is the planner's last words, or nothing.
    const env = { RUST_BACKTRACE: '0' };
    this.child = fork(PROGRAM, [], {
      env,
      execArgv: process.execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.on('message', (told: Told) => {
      this.hear(told);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.words = (this.words + text).slice(0, LAST_WORDS);
    });
    this.child.on('error', (error) => {
      this.end(error.message, null);
    });
    this.child.once('close', (code, signal) => {
      this.end(`It ended with ${signal ?? String(code)}.`, signal);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  ask(graph: NumberedGraph, asked: Pick<Asked, 'id' | 'request' | 'ms'>): void {
    const isNew = !this.graphs.delete(graph.number);
    this.graphs.add(graph.number);
    const forget = [...this.graphs].slice(0, -GRAPHS_KEPT);
    for (const number of forget) this.graphs.delete(number);
    const { number, supergraphSdl } = graph;
    const message: Asked = { ...asked, graph: number, forget, ...(isNew && { supergraphSdl }) };
    // a process that is ending takes no more: its end is told by itself
    this.child.send(message, () => undefined);
  }

  /** It could not open a supergraph: whoever asks again tells it again. */
  forget(graph: NumberedGraph): void {
    this.graphs.delete(graph.number);
  }

  /** Whether this process is kept alive for its sake. */
  hold(isHeld: boolean): void {
    const { child } = this;
    for (const handle of [child, child.channel, child.stderr as Socket | null]) {
      if (isHeld) handle?.ref();
      else handle?.unref();
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private hear(told: Told): void {
    if (told === 'ready') {
      this.isReady = true;
      this.events.onReady();
    } else {
      this.events.onReply(told);
    }
  }

  private end(reason: string, signal: NodeJS.Signals | null): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const words = this.words.replace(/\nnote: [^]*/, '').trim();
    this.events.onEnd({ signal, reason: words === '' ? reason : `${reason} ${words}` });
  }
}
