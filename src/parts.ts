import { Authenticator, SubgraphTokens, TokenSignIns } from './auth';
import { BackendAddressGuard } from './calls';
import type { OpenParts } from './closing';
import { type Config, ConfigError, dataPaths } from './config';
import { Database, SilenceWatch } from './database';
import type { Runner, Subgraph } from './gateway';
import { masterKeyFile, SharedKeys, SigningKeys } from './keys';
import { Follower, HeadFile, HeadSigner, HeadTable, Ledger } from './ledger';
import type { Logger } from './logging';
import { Issuers, IssuersFileError, readIssuersFile } from './oidc';
import { Receipts } from './receipts';
import { PastResolution, ResolutionIndex } from './resolution';
import { AccessService, buildAccessSubgraph } from './subgraphs/access';
import { buildRegistrySubgraph, promoteAll } from './subgraphs/registry';
import { buildUsageSubgraph, UsageService, type UsageParts } from './subgraphs/usage';
import { openTracing, type Tracing } from './tracing';

/** Versions and builds, of all algorithms together, that are kept in memory: about half a gigabyte. */
const MAX_INDEXED = 1_000_000;
/** What is kept in memory for answers as of a past moment: about a tenth of that. */
const MAX_PAST = { maxEvents: 200_000, maxEntries: 100_000 };
/** How long a database has been away, in milliseconds, when what needs it is refused. */
const SILENT_MS = 3_000;
/** What the graph has of its memory is answered by then; what is still not is given up, after each statement of it. */
const GRAPH_SILENT_MS = 4_000;
const GRAPH_LISTEN_EVERY_MS = 2_000;

/** What receipts name a marketplace by whose public URL is not configured. */
const NAMELESS_ISSUER = 'algogate';

/** The subgraphs of ours. */
export const SUBGRAPH_NAMES = ['registry', 'access', 'usage'] as const;
export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];

/** What every process of algogate is made from: the database, what follows it, and who is who. */
export interface Parts {
  readonly database: Database;
  /** The same for requests, which do not wait for a database that hangs. */
  readonly asked: Database;
  readonly tracing: Tracing | null;
  readonly keys: SharedKeys;
  readonly signing: SigningKeys;
  readonly tokens: SubgraphTokens;
  readonly ledger: Ledger;
  readonly follower: Follower;
  readonly index: ResolutionIndex;
  readonly past: PastResolution;
  readonly receipts: Receipts;
  readonly authenticator: Authenticator;
  /** Of tokens; null: none is trusted. */
  readonly issuers: Issuers | null;
  readonly addresses: BackendAddressGuard;
}

/**
 * @param backends hosts that demo backends run on, allowed beside what the operator allows
 * @param opened each part that must be closed again is put in as soon as it is there
 */
export async function openParts(
  config: Config,
  log: Logger,
  backends: readonly string[],
  opened: OpenParts,
): Promise<Parts> {
  const issuers = await issuersOf(config, log);
  const database = await Database.open(config.database);
  opened.add('database', () => database.close());
  const migrated = await database.migrate();
  if (migrated.length > 0) log.info({ migrations: migrated }, 'migrated');
  const tracing = await tracingOf(config, log);
  if (tracing !== null) opened.add('tracing', () => tracing.close());
  const masterKey = config.masterKey ?? masterKeyFile(dataPaths(config.dataDir).masterKey);
  const keys = await SharedKeys.open(database, masterKey);
  const signing = await SigningKeys.open(database, masterKey, {
    onFault: (fault) => {
      log.warn({ err: fault }, 'the signing keys cannot be read; going on with those that are known');
    },
  });
  opened.add('signing keys', () => {
    signing.stop();
  });
  signing.start();
  const tokens = new SubgraphTokens(signing);

  // of requests, which do not wait for a database that hangs; what follows it or drains into it does
  const asked = database.impatient(() => follower.isAwaySince(SILENT_MS));
  const ledger = new Ledger(asked);
  const follower = new Follower(database, ledger, {
    maxStalenessMs: config.maxStalenessMs,
    onFault: (fault) => {
      log.warn({ err: fault }, 'the database does not answer; serving from memory');
    },
  });
  const index = new ResolutionIndex(database, follower, { maxEntries: MAX_INDEXED });
  const past = new PastResolution(database, index, { ...MAX_PAST, isAway: () => follower.databaseAway });
  const receipts = new Receipts({
    database: asked,
    keys: signing,
    issuer: config.publicUrl ?? NAMELESS_ISSUER,
    isSilent: () => follower.databaseAway,
  });
  const signIns = issuers && new TokenSignIns(issuers, database, ledger);
  const authenticator = new Authenticator(database, follower, config.rootKey, signIns);
  opened.add('follower', () => follower.stop());
  opened.add('authenticator', () => authenticator.stop());
  await follower.start();
  authenticator.start();
  const heads = headSigner(config, log, database, signing);
  follower.onEvent((event) => {
    heads.hear(event);
  });
  opened.add('ledger heads', () => heads.stop());
  heads.start();
  const addresses = new BackendAddressGuard([...config.backendAllow, ...backends]);
  return {
    ...{ database, asked, tracing, keys, signing, tokens },
    ...{ ledger, follower, index, past, receipts, authenticator, issuers, addresses },
  };
}

function headSigner(config: Config, log: Logger, database: Database, keys: SigningKeys): HeadSigner {
  const table = new HeadTable(database, ({ owner, chain, sequence }) => {
    log.error({ owner, chain, sequence }, 'another hash was signed for this entry of the ledger: verify it');
  });
  const file = new HeadFile(dataPaths(config.dataDir).ledgerHeads);
  return new HeadSigner({
    ...{ database, keys },
    sinks: [file, table],
    onFault: (fault, sink) => {
      log.warn({ err: fault, sink }, 'heads of the ledger cannot be signed and kept; they will be');
    },
  });
}

/** Null where none is trusted. @throws ConfigError saying what is wrong with the file */
async function issuersOf({ issuers: path }: Config, log: Logger): Promise<Issuers | null> {
  if (path === null) return null;
  const settings = await readIssuersFile(path).catch((error: unknown) => {
    if (!(error instanceof IssuersFileError)) throw error;
    throw new ConfigError(error.problems.map((problem) => `ALGOGATE_ISSUERS: ${problem}`));
  });
  return new Issuers(settings, {
    onFault: (issuer, fault) => {
      log.warn({ err: fault, issuer }, 'an issuer of tokens does not say by which keys it signs');
    },
    onRefused: (issuer, reason) => {
      log.debug({ issuer, reason }, 'a token was refused');
    },
  });
}

/** Null where traces are off. */
async function tracingOf({ otlpEndpoint, traceRatio }: Config, log: Logger): Promise<Tracing | null> {
  if (otlpEndpoint === null) return null;
  return openTracing({
    endpoint: otlpEndpoint,
    ratio: traceRatio,
    onLost: (fault, spans) => {
      log.warn({ err: fault, spans }, 'the collector of traces did not take spans');
    },
  });
}

/** @param standings where callers stand with their limits, as this process knows it */
export function usageServiceOf(
  { asked, ledger, index, keys }: Pick<Parts, 'asked' | 'ledger' | 'index' | 'keys'>,
  standings: UsageParts['standings'],
  { callRetentionMs }: Config,
): UsageService {
  return new UsageService({
    database: asked,
    ledger,
    index,
    standings,
    pseudonyms: (ownerId, callerId) => keys.pseudonymOfCaller(ownerId, callerId),
    now: Date.now,
    callRetentionMs,
  });
}

type SubgraphParts = Pick<Parts, 'asked' | 'ledger' | 'index' | 'past' | 'receipts' | 'issuers'> & {
  readonly addresses: Pick<BackendAddressGuard, 'check'>;
};

/** One of the subgraphs of ours. @param usageOf asked for the subgraph `usage` alone */
export function buildSubgraph(
  name: SubgraphName,
  { asked: database, ledger, index, past, receipts, addresses, issuers }: SubgraphParts,
  usageOf: () => UsageService,
): Subgraph {
  switch (name) {
    case 'registry':
      return buildRegistrySubgraph({ database, ledger, index, past, receipts, addresses });
    case 'access':
      return buildAccessSubgraph(
        new AccessService({
          ...{ database, ledger, index, promoteAll },
          isPublishingIssuer: (issuer) => issuers?.has(issuer, 'publishing') === true,
        }),
      );
    case 'usage':
      return buildUsageSubgraph(usageOf());
  }
}

export function silenceWatch(follower: Follower): SilenceWatch {
  return new SilenceWatch(() => follower.isAwaySince(GRAPH_SILENT_MS), GRAPH_LISTEN_EVERY_MS);
}

/** `run`, given up where the database falls silent under it: single reads would wait for its return. */
export function boundedRunner(run: Runner, follower: Follower): Runner {
  const watch = silenceWatch(follower);
  return (request) => {
    const running = run(request);
    return running instanceof Promise ? watch.over(running) : running;
  };
}

/** What readiness says of the database, and whether this process can serve with it as it is. */
export function databaseState(follower: Follower, config: Config): { usable: boolean; database: string } {
  const usable = follower.stalenessMs <= config.maxStalenessMs;
  const away = usable ? 'away, serving from memory' : 'away';
  return { usable, database: follower.databaseAway ? away : 'ok' };
}

/** Where a server that listens on `host` is reached. An address of IPv6 has brackets in a URL. */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
