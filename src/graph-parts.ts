import { graphRightsOf } from './auth';
import type { OpenParts } from './closing';
import { type Config, ConfigError } from './config';
import { OperatorSubgraphs, SubgraphsFileError, travelHeaders } from './federation';
import {
  compose,
  createGateway,
  type Gateway,
  guardedPlanners,
  type HttpRunner,
  inProcess,
  overHttp,
  type Runner,
  type Runners,
  type Subgraph,
} from './gateway';
import { graphSpanOf } from './http/graph-spans';
import { GraphMeter, type GraphSources } from './http/metrics';
import { asOurs, GraphWrites, headersFor } from './http/remote-subgraph';
import { type Identity, identityOf } from './http/subgraph-identity';
import { leavingWithCaller, travellingOf } from './http/travelling';
import type { Logger } from './logging';
import { boundedRunner, buildSubgraph, type Parts, SUBGRAPH_NAMES, type SubgraphName } from './parts';
import type { GraphContext } from './subgraphs/shared/context';
import type { UsageService } from './subgraphs/usage';

/** A mutation may take as long as a write may, and wait for another before. */
const SUBGRAPH_TIMEOUT_MS = 30_000;
/** Of queries: a process that is restarted is away for a moment. */
const SUBGRAPH_RETRIES = 1;

/** Subgraphs of ours that other processes serve, by the URLs at which they do. */
export type RemoteSubgraphs = Readonly<Partial<Record<SubgraphName, string>>>;

export interface GraphParts {
  readonly config: Config;
  readonly parts: Parts;
  readonly usage: UsageService;
  readonly remote: RemoteSubgraphs;
  readonly log: Logger;
  /** Each part that must be closed again is put in as soon as it is there. */
  readonly opened: OpenParts;
}

/** The graph of a replica: subgraphs of ours, wherever they run, and those of operators. */
export interface ReplicaGraph {
  readonly gateway: Gateway;
  /** Null where there are none. */
  readonly operators: OperatorSubgraphs | null;
  /** Whether anything was sent to a subgraph for a request, by its context. */
  readonly hasRun: (context: object) => boolean;
  /** For metrics. */
  readonly sources: GraphSources;
}

/** @throws ConfigError where the file of the subgraphs is what is wrong */
export async function openGraph(given: GraphParts): Promise<ReplicaGraph> {
  const { parts, usage } = given;
  const own = SUBGRAPH_NAMES.map((name) => buildSubgraph(name, parts, () => usage));
  const elsewhere = new Elsewhere(given);
  const ownRunners = elsewhere.runnersOf(own);
  const meter = new GraphMeter();
  const gateway = createGateway({
    supergraphSdl: compose(own),
    runners: ownRunners,
    rightsOf: (context) => graphRightsOf((context as GraphContext).principal),
    // anybody can send a query, and a fault of the planner ends the process that it is in
    planners: guardedPlanners({
      onFault: (fault) => {
        given.log.error({ err: fault }, 'the planner of queries met a fault');
      },
    }),
    meter,
    ...(parts.tracing !== null && { observe: graphSpanOf }),
  });
  given.opened.add('planner', () => gateway.stop());
  const operators = await openOperators(given, own, ownRunners, gateway, elsewhere);
  return {
    ...{ gateway, operators },
    hasRun: (context) => elsewhere.hasRun(context),
    sources: {
      meter,
      plans: () => gateway.plans,
      // one of ours that the operators' file names is asked where that says
      remotes: () => new Map([...elsewhere.stats(), ...(operators?.stats().connections ?? [])]),
      changes: () => operators?.stats() ?? NO_CHANGES,
    },
  };
}

const NO_CHANGES = { swaps: 0, refusals: 0 };

/** Null where the configuration names no file of subgraphs. */
async function openOperators(
  { config, log, opened }: GraphParts,
  own: readonly Subgraph[],
  ownRunners: Runners,
  gateway: Gateway,
  elsewhere: Elsewhere,
): Promise<OperatorSubgraphs | null> {
  if (config.subgraphs === null) return null;
  const operators = new OperatorSubgraphs({
    ...{ own, ownRunners, gateway, file: config.subgraphs, log },
    headers: (remote, request) => elsewhere.headersTo(remote, request),
    watched: (name, run) => elsewhere.watched(name, run),
  });
  opened.add('subgraphs of operators', () => operators.stop());
  await operators.start().catch(asConfigError);
  return operators;
}

/** @throws ConfigError where the file of the subgraphs is what is wrong */
export function asConfigError(error: unknown): never {
  if (!(error instanceof SubgraphsFileError)) throw error;
  throw new ConfigError(error.problems.map((problem) => `ALGOGATE_SUBGRAPHS: ${problem}`));
}

/** How what runs here and what runs elsewhere are asked as one graph. */
class Elsewhere {
  private readonly identity: Identity;
  private readonly writes: GraphWrites;
  private readonly isDistributed: boolean;
  private readonly ran = new WeakSet<object>();
  /** Of our subgraphs that other processes serve, by name. */
  private readonly remotes = new Map<string, HttpRunner>();

  constructor(private readonly given: GraphParts) {
    const { parts, remote, config } = given;
    this.identity = identityOf(parts.tokens);
    this.writes = new GraphWrites(() => parts.follower.catchUpTo(Date.now()));
    // a file may say of subgraphs of ours, too, that they are elsewhere
    this.isDistributed = Object.keys(remote).length > 0 || config.subgraphs !== null;
  }

  /** Each of ours is run in this process, without HTTP in between, unless it has a URL. */
  runnersOf(own: readonly Subgraph[]): Runners {
    return Object.fromEntries(
      own.map((subgraph) => {
        const run = this.runnerOf(subgraph);
        const told = this.isDistributed ? this.writes.watch(run) : run;
        return [subgraph.name, this.marking(told)];
      }),
    );
  }

  hasRun(context: object): boolean {
    return this.ran.has(context);
  }

  /** How those of ours are doing that other processes serve, by name. */
  stats(): Map<string, ReturnType<HttpRunner['stats']>> {
    return new Map([...this.remotes].map(([name, runner]) => [name, runner.stats()]));
  }

  /** What a request to a subgraph of the operators' file says: one that has a name of ours is ours. */
  headersTo(
    remote: Parameters<typeof travelHeaders>[0],
    request: Parameters<typeof travelHeaders>[1],
  ): ReturnType<typeof travelHeaders> {
    if (isOurs(remote.name)) return headersFor(remote.name, this.identity, this.writes)(request);
    return travelHeaders(remote, request, travellingOf(request), this.identity);
  }

  watched(name: string, run: Runner): Runner {
    const asked = isOurs(name) ? this.writes.watch(asOurs(run)) : leavingWithCaller(run);
    return this.marking(asked);
  }

  private runnerOf({ name, schema }: Subgraph): Runner {
    const { remote, parts, log, opened } = this.given;
    const url = remote[name as SubgraphName];
    if (url === undefined) return boundedRunner(inProcess(schema), parts.follower);
    const runner = overHttp({
      ...{ name, url, timeoutMs: SUBGRAPH_TIMEOUT_MS, retries: SUBGRAPH_RETRIES },
      headers: headersFor(name, this.identity, this.writes),
      onFailure: (failure) => {
        log.warn({ err: failure, subgraph: name }, 'a subgraph did not answer');
      },
    });
    this.remotes.set(name, runner);
    opened.add(`subgraph ${name}`, () => runner.close());
    return asOurs(runner);
  }

  /** `run`, which remembers for which requests it did. */
  private marking(run: Runner): Runner {
    return (request) => {
      const { context } = request;
      if (typeof context === 'object' && context !== null) this.ran.add(context);
      return run(request);
    };
  }
}

function isOurs(name: string): boolean {
  return (SUBGRAPH_NAMES as readonly string[]).includes(name);
}
