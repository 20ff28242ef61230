import { graphRightsOf } from './auth';
import type { OpenParts } from './closing';
import { type Config, ConfigError } from './config';
import { OperatorSubgraphs, SubgraphsFileError, travelHeaders } from './federation';
import {
  compose,
  createGateway,
  type Gateway,
  guardedPlanners,
  inProcess,
  overHttp,
  type Runner,
  type Runners,
  type Subgraph,
} from './gateway';
import { asOurs, GraphWrites, headersFor } from './http/remote-subgraph';
import { type Identity, identityOf } from './http/subgraph-identity';
import { tracedRunner } from './http/tracing';
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
}

/** @throws ConfigError where the file of the subgraphs is what is wrong */
export async function openGraph(given: GraphParts): Promise<ReplicaGraph> {
  const { config, parts, usage, opened } = given;
  const own = SUBGRAPH_NAMES.map((name) => buildSubgraph(name, parts, () => usage));
  const elsewhere = new Elsewhere(given);
  const ownRunners = elsewhere.runnersOf(own);
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
  });
  opened.add('planner', () => gateway.stop());
  const hasRun = (context: object): boolean => elsewhere.hasRun(context);
  if (config.subgraphs === null) return { gateway, operators: null, hasRun };
  const operators = new OperatorSubgraphs({
    ...{ own, ownRunners, gateway, file: config.subgraphs, log: given.log },
    headers: (remote, request) => elsewhere.headersTo(remote, request),
    watched: (name, run) => elsewhere.watched(name, run),
  });
  opened.add('subgraphs of operators', () => operators.stop());
  await operators.start().catch(asConfigError);
  return { gateway, operators, hasRun };
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
        return [subgraph.name, this.lookedOn(subgraph.name, told)];
      }),
    );
  }

  hasRun(context: object): boolean {
    return this.ran.has(context);
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
    return this.lookedOn(name, asked);
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
    opened.add(`subgraph ${name}`, () => runner.close());
    return asOurs(runner);
  }

  /** `run`, which remembers for which requests it did, and leaves a trace of it where there are traces. */
  private lookedOn(name: string, run: Runner): Runner {
    const marking: Runner = (request) => {
      const { context } = request;
      if (typeof context === 'object' && context !== null) this.ran.add(context);
      return run(request);
    };
    return this.given.parts.tracing === null ? marking : tracedRunner(name, marking);
  }
}

function isOurs(name: string): boolean {
  return (SUBGRAPH_NAMES as readonly string[]).includes(name);
}
