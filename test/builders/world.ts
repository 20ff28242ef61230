import { createHash } from 'node:crypto';
import { Agent } from 'node:http';

import { answering, startBackend, type TestBackend } from '../calls/support/http';
import { Client, valueAt } from './client';
import type { TestDatabase } from './databases';
import { OPERATOR_KEY, type Settings, startServer, type TestServer } from './server';

/** What may be said of a build; its commit is new, it succeeded, and the world's own backend serves it. */
export interface BuildSpec {
  readonly sha?: string;
  readonly status?: 'SUCCEEDED' | 'FAILED';
  /** The address that serves it. */
  readonly backend?: string;
  /** GraphQL SDL. */
  readonly interface?: string;
  /** SHA-256 of its artifact; it has none where nothing is said. */
  readonly artifact?: string;
}

/** What may be said of a publication; the rest of the input goes along as it is. */
export interface PublishSpec extends BuildSpec {
  readonly visibility?: 'PUBLIC' | 'PRIVATE';
  /** Of the major that it opens: PUBLIC where nothing is said, so that worlds are short. */
  readonly permissions?: Readonly<Record<string, unknown>>;
  readonly by?: Client;
  readonly [input: string]: unknown;
}

export interface Published {
  /** `owner/name/1.2.3` */
  readonly ref: string;
  readonly version: string;
  readonly sha: string;
}

/** A marketplace in a few lines: a replica on a database, a backend, and those who speak to the replica. */
export class World {
  readonly operator: Client;
  readonly anonymous: Client;
  private readonly opened = new Set<string>();
  private readonly others: TestServer[] = [];
  private builds = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly server: TestServer,
    /** Answers every call with `{"served": PATH OF THE BUILD, "input": BODY}`. */
    readonly backend: TestBackend,
    private readonly agent: Agent,
  ) {
    this.operator = new Client(server.url, agent, OPERATOR_KEY);
    this.anonymous = new Client(server.url, agent, null);
  }

  static async start(create: () => Promise<TestDatabase>, settings: Settings = {}): Promise<World> {
    const database = await create();
    const server = await startServer(database.target, settings);
    const backend = await startBackend((seen, response) => {
      const body = JSON.stringify({ served: seen.url, input: seen.body.toString() });
      answering('application/json', body)(seen, response);
    });
    return new World(database, server, backend, new Agent({ keepAlive: true }));
  }

  async stop(): Promise<void> {
    for (const server of [this.server, ...this.others]) await server.stop();
    this.agent.destroy();
    await this.backend.close();
    await this.database.drop();
  }

  /** Another replica on the same database, stopped with the world. */
  async replica(settings: Settings = {}): Promise<TestServer> {
    const server = await startServer(this.database.target, settings);
    this.others.push(server);
    return server;
  }

  as(key: string | null): Client {
    return new Client(this.server.url, this.agent, key);
  }

  /** A new user, by a key of its own. */
  async user(handle: string): Promise<Client> {
    await this.operator.mutate('createUser', { handle });
    return this.key(handle);
  }

  /** A new organisation; its members by handle and role. */
  async organization(
    handle: string,
    { admin, members = {} }: { admin: string; members?: Readonly<Record<string, string>> },
  ): Promise<void> {
    await this.operator.mutate('createOrganization', { handle, admin });
    for (const [user, role] of Object.entries(members)) {
      await this.operator.mutate('setMember', { organization: handle, user, role });
    }
  }

  /** Whoever acts by a new key of a user or organisation. */
  async key(owner: string, { scopes = [], expiresAt }: KeySpec = {}): Promise<Client> {
    const input = { owner, scopes, ...(expiresAt === undefined ? {} : { expiresAt }) };
    const secret = valueAt(await this.operator.mutate('createApiKey', input, 'secret'), 'secret');
    return new Client(this.server.url, this.agent, String(secret), owner);
  }

  /** A new algorithm, `owner/name`. */
  async algorithm(ref: string): Promise<void> {
    const [owner, name] = ref.split('/');
    await this.operator.mutate('createAlgorithm', { owner, name });
  }

  /** A new build; gives its SHA. */
  async build(algorithm: string, spec: BuildSpec = {}): Promise<string> {
    this.builds += 1;
    const { sha = shaOf(`${algorithm} ${this.builds}`), status = 'SUCCEEDED' } = spec;
    const sdl = spec.interface === undefined ? {} : { interface: spec.interface };
    const backendUrl = spec.backend ?? `${this.backend.url}/${algorithm}/${this.builds}`;
    const artifact =
      spec.artifact === undefined
        ? {}
        : { artifact: { uri: 'https://builds.example/a.tar', sha256: spec.artifact } };
    await this.operator.mutate('registerBuild', {
      algorithm,
      sha,
      status,
      backendUrl,
      ...sdl,
      ...artifact,
    });
    return sha;
  }

  /** Registers a build and publishes it as `version`. Its path at the world's backend ends in the version. */
  async publish(algorithm: string, version: string, spec: PublishSpec = {}): Promise<Published> {
    const { by = this.operator, backend = `${this.backend.url}/${algorithm}/${version}`, ...said } = spec;
    const { sha: known, status, interface: sdl, permissions, ...input } = said;
    const about = { backend, ...(status && { status }), ...(sdl !== undefined && { interface: sdl }) };
    const sha = known ?? (await this.build(algorithm, about));
    const major = `${algorithm}/${version.split('.')[0]}`;
    const opening = permissions ?? (this.opened.has(major) ? undefined : { visibility: 'PUBLIC' });
    await by.mutate('publishVersion', {
      algorithm,
      version,
      sha,
      ...input,
      ...(opening && { permissions: opening }),
    });
    this.opened.add(major);
    return { ref: `${algorithm}/${version}`, version, sha };
  }

  async yank(version: string): Promise<void> {
    await this.operator.mutate('yankVersion', { version, reason: 'a test' });
  }

  async grant(major: string, grantee: string, level = 'CALL'): Promise<void> {
    await this.operator.mutate('grantMajorAccess', { major, grantee, level });
  }
}

export interface KeySpec {
  readonly scopes?: readonly string[];
  readonly expiresAt?: Date;
}

/** 40 hex digits that are the same for the same text. */
export function shaOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
