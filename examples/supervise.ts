import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that crashes more often than this within `RESTART_WINDOW_MS` is left alone. */
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const FIRST_RESTART_DELAY_MS = 50;
const KILL_AFTER_MS = 2_000;

export interface SupervisedProcess {
  /** The port, once it listens; rejects when its first start fails. */
  readonly listening: Promise<number>;
  stop(): Promise<void>;
}

/**
 * Runs a server as a child process, and starts it again on the same port when it crashes.
 *
 * It gets no environment, so that none of our secrets reach it, and a channel whose end tells it that we are gone.
 *
 * @param script path of the compiled server, which takes its port as argument and sends `{ port }`
 * @param port 0 for any free one
 */
export function superviseProcess(script: string, port: number): SupervisedProcess {
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let crashes: number[] = [];
  let knownPort = port;

  function start(): ChildProcess {
    const started = fork(script, [String(knownPort)], {
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    started.on('message', (message) => {
      if (isListening(message)) knownPort = message.port;
    });
    started.once('exit', restartLater);
    // A process that could not even be made says so here, and never exits.
    started.once('error', () => {
      if (started.pid === undefined) restartLater();
    });
    child = started;
    return started;
  }

  function restartLater(): void {
    child = null;
    const now = Date.now();
    crashes = [...crashes.filter((time) => now - time < RESTART_WINDOW_MS), now];
    // A port of 0 means that it never listened: that is no crash, but a server that does not start.
    if (stopped || knownPort === 0 || crashes.length > MAX_RESTARTS) return;
    timer = setTimeout(start, FIRST_RESTART_DELAY_MS * 2 ** (crashes.length - 1));
    timer.unref();
  }

  async function stop(): Promise<void> {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
    if (child !== null) await end(child);
  }

  return { listening: portOf(start(), script), stop };
}

function isListening(message: unknown): message is { readonly port: number } {
  return (
    typeof message === 'object' && message !== null && 'port' in message && typeof message.port === 'number'
  );
}

/** Resolves with the port that `child` reports; rejects when it ends before. */
function portOf(child: ChildProcess, script: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (isListening(message)) resolve(message.port);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`${script} did not start: ${signal ?? `exit ${code ?? '?'}`}`)),
    );
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await gone;
  clearTimeout(timer);
}
