import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export const AUDIENCE = 'algogate';
export const PUBLISHING_AUDIENCE = 'algogate-publishing';

interface Pair {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: Parameters<SignJWT['sign']>[0];
  readonly publicJwk: JWK;
}

/** What may be said of a token beside its claims. */
export interface TokenSpec {
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs in place of the pair of the issuer. */
  readonly pair?: Pair;
}

let pairs = 0;

export async function newPair(alg = 'ES256'): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${++pairs}`;
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** An issuer that signs whatever a test wants: a real server with discovery and keys. */
export class TestIssuer {
  /** The paths that were asked for, oldest first. */
  readonly asked: string[] = [];
  /** What discovery says over the truth. */
  said: Readonly<Record<string, unknown>> = {};
  /** Answers in place of the documents, where it is set. */
  answer: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } | null = null;

  private constructor(
    private server: Server,
    readonly url: string,
    private pair: Pair,
  ) {}

  static async start(alg = 'ES256'): Promise<TestIssuer> {
    const server = createServer();
    const port = await listening(server, 0);
    const issuer = new TestIssuer(server, `http://127.0.0.1:${port}`, await newPair(alg));
    issuer.serve();
    return issuer;
  }

  /** A token that is good for signing in, but for what is said. */
  async token(claims: Readonly<Record<string, unknown>> = {}, spec: TokenSpec = {}): Promise<string> {
    const pair = spec.pair ?? this.pair;
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: this.url, sub: 'subject', aud: AUDIENCE, iat: now, exp: now + 600 };
    const all: Readonly<Record<string, unknown>> = { ...good, ...claims };
    const said = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(said)
      .setProtectedHeader({ alg: pair.alg, kid: pair.kid, typ: 'JWT', ...spec.header })
      .sign(pair.privateKey);
  }

  get publicJwk(): JWK {
    return this.pair.publicJwk;
  }

  /** Another pair signs, and is the only one that the issuer knows. */
  async rotate(): Promise<void> {
    this.pair = await newPair(this.pair.alg);
  }

  /** It does not listen any more, until `returns`. */
  async leaves(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async returns(): Promise<void> {
    this.server = createServer();
    await listening(this.server, Number(new URL(this.url).port));
    this.serve();
  }

  private serve(): void {
    this.server.on('request', ({ url = '' }, response) => {
      this.asked.push(url);
      const body = url.endsWith('/jwks')
        ? { keys: [this.pair.publicJwk] }
        : { issuer: this.url, jwks_uri: `${this.url}/jwks`, ...this.said };
      response.writeHead(this.answer?.status ?? 200, {
        'Content-Type': 'application/json',
        ...this.answer?.headers,
      });
      response.end(this.answer?.body ?? JSON.stringify(body));
    });
  }
}

async function listening(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
