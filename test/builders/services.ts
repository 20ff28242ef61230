import { createHash } from 'node:crypto';

import { graphql } from 'graphql';

import { AlgorithmRow, BuildRow, GrantRow, MajorRow, OwnerRow, VersionRow } from '../../entities';
import { Authenticator } from '../../src/auth';
import { Database } from '../../src/database';
import { AlgogateError } from '../../src/domain/errors';
import { nameKey } from '../../src/domain/name';
import { DEFAULT_PERMISSIONS, type MajorPermissions } from '../../src/domain/permissions';
import { OPERATOR, type OwnerId, type OwnerRef, type Principal } from '../../src/domain/principal';
import type { GrantLevel, VersionState, Visibility } from '../../src/domain/terms';
import { parseVersion } from '../../src/domain/version';
import type { Subgraph } from '../../src/gateway';
import { Follower, Ledger, readEntriesAfter } from '../../src/ledger';
import { ResolutionIndex } from '../../src/resolution';
import { AccessService, buildAccessSubgraph } from '../../src/subgraphs/access';
import { promoteAll } from '../../src/subgraphs/registry/publishing/promotion';
import { currentPrincipal } from '../../src/subgraphs/shared/current-principal';
import type { TestDatabase } from './databases';

export const ROOT_KEY = 'root-key-of-the-tests-of-32-characters';

/** A version to be put into a world as it is: published and private, unless said otherwise. */
export interface VersionSpec {
  readonly version: string;
  readonly visibility?: Visibility;
  readonly state?: VersionState;
  readonly yanked?: boolean;
}

export interface AlgorithmSpec {
  readonly versions?: readonly (string | VersionSpec)[];
  /** By number of the major; those of versions are there by default. */
  readonly majors?: Readonly<Record<number, Partial<MajorPermissions>>>;
  readonly grants?: readonly { major: number; grantee: string; level: GrantLevel }[];
}

/** Code, message and field of the AlgogateError that a promise is rejected with. */
export async function refusal(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; field?: readonly string[] }> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    const { code, message, field } = error;
    return { code, message, ...(field === undefined ? {} : { field }) };
  }
  throw new Error('nothing was refused');
}

/** `OK`, or the code of the AlgogateError that a promise is rejected with. */
export async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'OK';
  } catch (error) {
    if (error instanceof AlgogateError) return error.code;
    throw error;
  }
}

/** An entry of the ledger, without its place in the chain. */
export interface Entry {
  readonly chain: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly change: Readonly<Record<string, unknown>>;
}

/** What a client reads: a test says of which shape it takes the data to be, and asserts on it. */
export interface GraphResult<Data> {
  readonly data: Data;
  readonly errors?: readonly { readonly message: string }[];
}

/** One replica on a database, with what the graph runs on and a few lines to fill it. */
export class World {
  readonly subgraph: Subgraph;

  private constructor(
    readonly database: Database,
    readonly ledger: Ledger,
    readonly follower: Follower,
    readonly index: ResolutionIndex,
    readonly authenticator: Authenticator,
    readonly access: AccessService,
  ) {
    this.subgraph = buildAccessSubgraph(access);
  }

  static async open(database: Database): Promise<World> {
    const ledger = new Ledger(database);
    const follower = new Follower(database, ledger, { maxStalenessMs: 60_000 });
    const index = new ResolutionIndex(database, follower, { maxEntries: 10_000 });
    const authenticator = new Authenticator(database, follower, ROOT_KEY);
    await follower.start();
    const access = new AccessService({ database, ledger, index, promoteAll });
    return new World(database, ledger, follower, index, authenticator, access);
  }

  /** Lets go of the timers; the database stays open. */
  async stop(): Promise<void> {
    await this.follower.stop();
    await this.authenticator.stop();
  }

  async user(handle: string): Promise<Principal> {
    await this.access.owners.createUser(OPERATOR, { handle });
    return this.as(handle);
  }

  async organization(handle: string, admin: string): Promise<OwnerRef> {
    return this.access.owners.createOrganization(OPERATOR, { handle, admin });
  }

  /** The user of a handle as it stands now, without a key. */
  async as(handle: string): Promise<Principal> {
    const owner = await this.owner(handle);
    return currentPrincipal(this.database.reads, { kind: 'user', owner, roles: new Map(), key: null });
  }

  /** A new key of an owner. */
  async key(owner: string, scopes: readonly string[] = []): Promise<{ secret: string; prefix: string }> {
    const { key, secret } = await this.access.keys.create(OPERATOR, { owner, scopes });
    return { secret, prefix: key.prefix };
  }

  /** Who a key of an owner with these scopes acts as. */
  async withKey(owner: string, ...scopes: string[]): Promise<Principal> {
    return this.authenticate((await this.key(owner, scopes)).secret);
  }

  async authenticate(secret: string): Promise<Principal> {
    return this.authenticator.authenticate(`Simple ${secret}`);
  }

  async owner(handle: string): Promise<OwnerRef> {
    const row = await this.database.reads.findOneByOrFail(OwnerRow, { handleKey: nameKey(handle) });
    return { id: row.id, handle: row.handle };
  }

  /** Everything in the ledger of an owner, oldest first: chain, action, subject, and the change. */
  async entries(handle: string): Promise<Entry[]> {
    const { id } = await this.owner(handle);
    const entries = await readEntriesAfter(this.database.reads, id, { public: 0, private: 0 }, 10_000);
    return entries.map(({ chain, actor, action, subject, changeJson }) => ({
      chain,
      actor,
      action,
      subject,
      change: JSON.parse(changeJson) as Entry['change'],
    }));
  }

  /** What `work` adds to the ledger of an owner. */
  async entriesOf(handle: string, work: () => Promise<unknown>): Promise<Entry[]> {
    const before = (await this.entries(handle)).length;
    await work();
    return (await this.entries(handle)).slice(before);
  }

  /** Runs an operation on the access subgraph as `principal`. */
  async query<Data>(
    principal: Principal,
    source: string,
    variableValues: Record<string, unknown> = {},
  ): Promise<GraphResult<Data>> {
    const contextValue = { principal, requestId: 'test' };
    const result = await graphql({ schema: this.subgraph.schema, source, variableValues, contextValue });
    // as the client reads it
    return JSON.parse(JSON.stringify(result)) as GraphResult<Data>;
  }

  /** An algorithm as it may have come about, put straight into the tables; one entry tells the caches of it. */
  async algorithm(owner: string, name: string, spec: AlgorithmSpec = {}): Promise<number> {
    const ref = await this.owner(owner);
    const grants = await Promise.all(
      (spec.grants ?? []).map(async (grant) => ({
        ...grant,
        granteeId: (await this.owner(grant.grantee)).id,
      })),
    );
    return this.ledger.mutate(ref, 'test', async (tx) => {
      const versions = (spec.versions ?? []).map(versionOf);
      const listed = versions.some(
        ({ visibility, state }) => visibility === 'PUBLIC' && state === 'PUBLISHED',
      );
      const made = await tx.insert(AlgorithmRow, {
        ownerId: ref.id,
        name,
        nameKey: nameKey(name),
        tags: '[]',
        createdAt: 1,
        listedAt: listed ? 1 : null,
      });
      const algorithmId = Number(made.identifiers[0]!['id']);
      const majors = new Map(versions.map(({ parsed }) => [parsed.major, {}]));
      for (const [number, permissions] of Object.entries(spec.majors ?? {}))
        majors.set(Number(number), permissions);
      for (const [number, permissions] of majors) {
        await tx.insert(MajorRow, { algorithmId, number, ...DEFAULT_PERMISSIONS, ...permissions });
      }
      for (const { major, granteeId, level } of grants) {
        await tx.insert(GrantRow, { algorithmId, major, granteeId, level, grantedAt: 1 });
      }
      for (const version of versions) {
        const build = await tx.insert(BuildRow, {
          algorithmId,
          sha: createHash('sha1').update(version.parsed.key).digest('hex'),
          status: 'SUCCEEDED',
          backendUrl: 'https://backend.test/',
          createdAt: 1,
        });
        const buildId = Number(build.identifiers[0]!['id']);
        await tx.insert(VersionRow, { ...rowOf(version), algorithmId, buildId, releaseBuildId: null });
      }
      const change = {
        chain: 'private' as const,
        action: 'algorithm.created',
        subject: `${ref.handle}/${name}`,
        detail: {},
      };
      return { result: algorithmId, change };
    });
  }

  async idOf(handle: string): Promise<OwnerId> {
    return (await this.owner(handle)).id;
  }
}

function versionOf(spec: string | VersionSpec) {
  const {
    version,
    visibility = 'PRIVATE',
    state = 'PUBLISHED',
    yanked = false,
  } = typeof spec === 'string' ? { version: spec } : spec;
  const parsed = parseVersion(version);
  if (parsed === null) throw new Error(`a test wants a version, and ${version} is none`);
  return { parsed, visibility, state, yanked };
}

function rowOf({ parsed, visibility, state, yanked }: ReturnType<typeof versionOf>) {
  return {
    version: parsed.text,
    sortKey: parsed.key,
    major: parsed.major,
    visibility,
    state,
    stability: 'STABLE' as const,
    publishedAt: 1,
    yankReason: yanked ? 'a test' : null,
    yankedAt: yanked ? 1 : null,
  };
}

/** Two replicas on one database, and what closes them. */
export async function twoReplicas({ target }: TestDatabase): Promise<{
  readonly replicas: readonly [World, World];
  close(): Promise<void>;
}> {
  const databases = [await Database.open(target), await Database.open(target)] as const;
  await databases[0].migrate();
  const replicas = [await World.open(databases[0]), await World.open(databases[1])] as const;
  return {
    replicas,
    close: async () => {
      for (const world of replicas) await world.stop();
      for (const database of databases) await database.close();
    },
  };
}
