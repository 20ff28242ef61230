import { connect, type Socket } from 'node:net';

import { quantile } from './statistics';

/** Requests for one server: the same bytes over and over, on connections that are kept. */
export interface LoadSpec {
  readonly port: number;
  /** The whole request, head and body. */
  readonly request: string;
  readonly connections: number;
  /** Requests per second; null: each connection sends the next as soon as it has its answer. */
  readonly rate: number | null;
  readonly milliseconds: number;
}

export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
  /** In milliseconds, from the moment when a request was due until its last byte had come. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends requests on plain sockets and counts the answers, which must be 200 and have a `Content-Length`. It builds
 * and parses next to nothing, so that the server at the other end is what is measured.
 */
export async function runLoad(spec: LoadSpec): Promise<LoadResult> {
  const latencies: number[] = [];
  const run = new Run(spec, latencies);
  const connections = Array.from({ length: spec.connections }, () => new Connection(spec, run));
  try {
    await Promise.all(connections.map((connection) => connection.opened));
    const began = performance.now();
    run.begin(connections);
    await Promise.race([run.failed, after(spec.milliseconds)]);
    const seconds = (performance.now() - began) / 1000;
    run.end();
    const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
    return { answers: latencies.length, seconds, p50, p99 };
  } finally {
    run.end();
    for (const connection of connections) connection.close();
  }
}

/** What the connections of one load share: which of them is to send next, and what was measured. */
class Run {
  readonly failed: Promise<never>;
  fail!: (error: Error) => void;
  private over = false;
  private readonly idle: Connection[] = [];
  /** When requests were due that no connection was free for. */
  private readonly due: number[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly spec: LoadSpec,
    private readonly latencies: number[],
  ) {
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => undefined);
  }

  begin(connections: readonly Connection[]): void {
    const { rate } = this.spec;
    if (rate === null) {
      for (const connection of connections) connection.send(performance.now());
      return;
    }
    this.idle.push(...connections);
    const began = performance.now();
    let sent = 0;
    this.timer = setInterval(() => {
      for (const now = performance.now(); sent < ((now - began) / 1000) * rate; sent += 1) this.sendAt(now);
    }, 1);
  }

  end(): void {
    this.over = true;
    if (this.timer !== null) clearInterval(this.timer);
  }

  answered(connection: Connection, dueAt: number): void {
    if (this.over) return;
    const now = performance.now();
    this.latencies.push(now - dueAt);
    if (this.spec.rate === null) connection.send(now);
    else {
      const waiting = this.due.shift();
      if (waiting === undefined) this.idle.push(connection);
      else connection.send(waiting);
    }
  }

  private sendAt(now: number): void {
    const connection = this.idle.pop();
    if (connection === undefined) this.due.push(now);
    else connection.send(now);
  }
}

const END_OF_HEAD = '\r\n\r\n';
const OK = 'HTTP/1.1 200 ';

class Connection {
  readonly opened: Promise<void>;
  private readonly socket: Socket;
  private readonly request: Buffer;
  private dueAt = 0;
  /** Bytes of the body that have not come yet; null while the head has not. */
  private missing: number | null = null;
  private head: Buffer | null = null;

  constructor(
    { port, request }: LoadSpec,
    private readonly run: Run,
  ) {
    this.request = Buffer.from(request, 'latin1');
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('connect', resolve).once('error', reject);
    });
    this.socket.on('data', (chunk: Buffer) => {
      this.read(chunk);
    });
    this.socket.on('close', () => {
      run.fail(new Error('the server closed a connection under load'));
    });
  }

  send(dueAt: number): void {
    this.dueAt = dueAt;
    this.socket.write(this.request);
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    let body = chunk.length;
    if (this.missing === null) {
      const data = this.head === null ? chunk : Buffer.concat([this.head, chunk]);
      const end = data.indexOf(END_OF_HEAD);
      this.head = end < 0 ? data : null;
      if (end < 0) return;
      this.missing = lengthIn(data.toString('latin1', 0, end + 2));
      body = data.length - end - END_OF_HEAD.length;
    }
    if (Number.isNaN(this.missing)) {
      this.run.fail(new Error(`the server answered with ${chunk.toString('latin1', 0, 300)}`));
      return;
    }
    this.missing -= body;
    if (this.missing > 0) return;
    this.missing = null;
    this.run.answered(this, this.dueAt);
  }
}

/** The `Content-Length` of a head; NaN where it has none, or is no success. */
function lengthIn(head: string): number {
  if (!head.startsWith(OK)) return NaN;
  return Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? NaN);
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
