import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface ProviderClient {
  readonly secret: string;
  /** What its tokens say beside what they must. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Whom they are made out to; `algogate` where nothing is said. */
  readonly audience?: string;
}

/** `oidc-provider` in a process of its own, since it is made of ES modules, which Jest does not run. */
export class OidcProvider {
  private kids = 1;

  private constructor(
    private child: ChildProcess,
    private readonly port: number,
    private readonly clients: Readonly<Record<string, ProviderClient>>,
  ) {}

  static async start(clients: Readonly<Record<string, ProviderClient>>): Promise<OidcProvider> {
    const port = await freePort();
    return new OidcProvider(await running(port, 'first', clients), port, clients);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A JWT access token of a client (RFC 9068), by client credentials. */
  async token(id: string): Promise<string> {
    const secret = this.clients[id]?.secret ?? '';
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const answer = (await response.json()) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
    return answer.access_token;
  }

  /** It comes back at the same address with another pair of keys. */
  async rotate(): Promise<void> {
    await this.stop();
    this.kids += 1;
    this.child = await running(this.port, `rotated-${this.kids}`, this.clients);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

async function running(
  port: number,
  kid: string,
  clients: Readonly<Record<string, ProviderClient>>,
): Promise<ChildProcess> {
  const program = join(__dirname, 'provider-main.mjs');
  const child = spawn(process.execPath, [program, JSON.stringify({ port, kid, clients })], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let faults = '';
  child.stderr.on('data', (chunk) => (faults += String(chunk)));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the provider ended: ${faults}`);
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => undefined);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
