import type { GraphQLSchema } from 'graphql';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { CostRequest } from './cost';
import { GatewayError } from './errors';
import { Graph, type GraphOptions } from './graph';
import type { Rollout } from './plan';
import { subgraphsOf } from './supergraph';
import type { Runners } from './types';

export interface GatewaySource {
  readonly supergraphSdl: string;
  /** One per subgraph, by its name in the supergraph. */
  readonly runners: Runners;
}

export interface GatewayOptions extends GatewaySource, GraphOptions {
  /** Characters of documents, all together, whose plans are kept. Default 500,000, for each supergraph. */
  readonly planCacheSize?: number;
  /** The signal that ends a request early, found in the server's context value. */
  readonly signalOf?: (context: unknown) => AbortSignal | undefined;
  /** The progressive overrides in force for a request, found in the server's context value. */
  readonly rolloutOf?: (context: unknown) => Rollout;
}

/** What Apollo Server takes as `gateway`, and a way to give it another graph while it serves. */
export interface Gateway extends GatewayInterface {
  /** The schema that callers see now. */
  readonly schema: GraphQLSchema;
  /** The plans that are kept of the graph that is served now: of how many operations, and what they weigh. */
  readonly plans: { readonly operations: number; readonly weight: number };
  /**
   * What a request may cost, by the graph that it is for.
   * @throws GraphQLError `BAD_USER_INPUT` where a list needs one slicing argument and has not got it
   */
  costOf(schema: GraphQLSchema, request: CostRequest): number;
  /**
   * Serves another supergraph from when it resolves on; requests under way end on the one they began with.
   * @throws GatewayError and goes on as before when it cannot be served
   */
  update(source: GatewaySource): Promise<void>;
}

type Listener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

/** Some hundred megabytes of plans at the most: about a thousand queries as clients write them. */
const PLAN_CACHE_SIZE = 500_000;

/**
 * A gateway over subgraphs that `runners` run.
 * @throws GatewayError `INVALID_SUPERGRAPH` when the supergraph cannot be planned for, or a subgraph has no runner
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { planCacheSize = PLAN_CACHE_SIZE, signalOf, rolloutOf } = options;
  // Apollo Server reads `executor` once and for all: which graph a request is for is known by its schema.
  const graphs = new WeakMap<GraphQLSchema, Graph>();
  const listeners = new Set<Listener>();
  let current = open(options);
  let updating: Promise<void> = Promise.resolve();

  function open({ supergraphSdl, runners }: GatewaySource): Graph {
    const names = [...subgraphsOf(supergraphSdl).keys()];
    const missing = names.filter((name) => !Object.hasOwn(runners, name));
    if (missing.length > 0)
      throw new GatewayError('INVALID_SUPERGRAPH', 'Subgraphs have no runner.', missing);
    const graph = new Graph(supergraphSdl, runners, planCacheSize, options);
    graphs.set(graph.schema, graph);
    options.meter?.serves(names);
    return graph;
  }

  async function swap(source: GatewaySource): Promise<void> {
    const next = open(source);
    await next.opened();
    current = next;
    listeners.forEach(announce);
  }

  function announce(listener: Listener): void {
    listener({ apiSchema: current.schema, coreSupergraphSdl: current.supergraphSdl });
  }

  return {
    get schema() {
      return current.schema;
    },
    get plans() {
      return { operations: current.plannedOperations, weight: current.plannedWeight };
    },
    load() {
      listeners.forEach(announce);
      return Promise.resolve({
        executor: ({ schema, document, request, context }) =>
          (graphs.get(schema) ?? current).execute({
            document,
            operationName: request.operationName,
            variables: request.variables,
            context,
            signal: signalOf?.(context),
            rollout: rolloutOf?.(context),
          }),
      });
    },
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    costOf(schema, request) {
      return (graphs.get(schema) ?? current).costOf(request);
    },
    update(source) {
      // one after the other: the last one that is asked for is the one that is served
      const updated = updating.then(() => swap(source));
      updating = updated.catch(() => undefined);
      return updated;
    },
    async stop() {
      listeners.clear();
      await options.planners?.close();
    },
  };
}
