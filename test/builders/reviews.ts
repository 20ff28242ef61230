import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const TYPESCRIPT = join(__dirname, '../calls/support/register.cjs');
const PROGRAM = join(__dirname, 'reviews-server.ts');

/** Somebody else's subgraph `reviews`, in a process of its own. */
export class Reviews {
  private constructor(
    private child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<Reviews> {
    const { child, port } = await launch(0);
    return new Reviews(child, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  /** Ends the process at once, with all that it is at. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Starts it again, where it was. */
  async restart(): Promise<void> {
    await this.kill();
    this.child = (await launch(this.port)).child;
  }

  /** Says another SDL of itself from now on; its own again without one. */
  async tell(sdl = ''): Promise<void> {
    await this.send({ sdl });
  }

  /** Answers nobody who asks for reviews from now on. */
  async hold(): Promise<void> {
    await this.send({ hold: true });
  }

  /** Answers all that it held, and all that comes. */
  async release(): Promise<void> {
    await this.send({ hold: false });
  }

  private async send(message: object): Promise<void> {
    const done = once(this.child, 'message');
    this.child.send(message);
    await done;
  }
}

async function launch(port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(PROGRAM, [String(port)], { execArgv: ['-r', TYPESCRIPT] });
  const [listening] = (await once(child, 'message')) as [number];
  return { child, port: listening };
}
