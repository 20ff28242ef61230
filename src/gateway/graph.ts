import {
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  parse,
  print,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { fieldsWithArguments } from './aliases';
import { gather } from './execute';
import { unplannable } from './failures';
import { findOperation, type Operation } from './operation';
import { NO_ROLLOUT, Planner, type Rollout, type Stage } from './plan';
import { compileProjection, type Projection } from './project';
import { ProjectionRun } from './projection-run';
import { publicSchemaOf } from './public-schema';
import { conditionVariables } from './selections';
import { TypeRelations } from './type-relations';
import type { Data, Runners } from './types';

/** One request to the graph: a valid document and what came with it. */
export interface GraphRequest {
  /** Parsed, and valid against the public schema: Apollo Server has seen to both. */
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Progressive overrides; by default none is in force. */
  readonly rollout?: Rollout | undefined;
}

/** An operation that was planned, and its projections by the values of its conditions. */
interface Prepared {
  readonly operation: Operation;
  readonly stages: readonly Stage[];
  readonly conditions: readonly string[];
  readonly projections: LRUCache<string, Projection>;
}

/** A client can send every combination of its conditions; the plan is the same for all. */
const PROJECTIONS_PER_OPERATION = 32;

/** What a plan weighs grows with its document, some two hundred bytes a character; the shortest weigh more. */
const SMALLEST_PLAN = 200;

/** A key is as long as its document; a document has one for each of its operations that is asked for. */
const KEYS_PER_DOCUMENT = 8;

/** One supergraph, ready to be asked. Immutable but for its caches. */
export class Graph {
  /** What callers see. */
  readonly schema: GraphQLSchema;
  private readonly types: TypeRelations;
  private readonly planner: Planner;
  private readonly withArguments: ReadonlySet<string>;
  private readonly prepared: LRUCache<string, Promise<Prepared>>;
  /**
   * The cache keys of a document, by operation and variant. Printing it costs more than all else in the steady state,
   * and servers keep parsed documents.
   */
  private readonly keys = new WeakMap<DocumentNode, Map<string, string>>();

  /**
   * @param cacheSize characters of documents, all together, whose plans are kept
   * @throws GatewayError `INVALID_SUPERGRAPH`
   */
  constructor(
    readonly supergraphSdl: string,
    private readonly runners: Runners,
    cacheSize: number,
  ) {
    const supergraph = parse(supergraphSdl, { noLocation: true });
    this.schema = publicSchemaOf(supergraph);
    this.types = new TypeRelations(supergraph);
    this.withArguments = fieldsWithArguments(supergraph);
    this.planner = new Planner(supergraph, supergraphSdl, this.schema);
    this.prepared = new LRUCache({
      maxSize: cacheSize,
      sizeCalculation: (_prepared, key) => key.length + SMALLEST_PLAN,
    });
  }

  /**
   * Answers a request as the GraphQL specification says of an execution: a result with data or errors or both.
   * @throws GraphQLError when the operation cannot be planned, and when `signal` fires
   */
  async execute(request: GraphRequest): Promise<ExecutionResult<Data>> {
    const { document, operationName, context, signal } = request;
    const variables = request.variables ?? {};
    const prepared = await this.prepare(document, operationName, request.rollout ?? NO_ROLLOUT);
    if (prepared === null) return { errors: [new GraphQLError(missing(operationName))] };
    const { operation, stages } = prepared;
    const coercion = getVariableValues(
      this.schema,
      operation.definition.variableDefinitions ?? [],
      variables,
      {
        maxErrors: 50,
      },
    );
    if (coercion.errors) return { errors: coercion.errors };

    const { coerced } = coercion;
    const { runners, types } = this;
    const gathered = await gather(stages, { runners, types, variables, coerced, context, signal });
    const run = new ProjectionRun(gathered.errors, variables);
    const data = this.projectionOf(prepared, coerced)(gathered.data, run);
    const errors = gathered.errors.concat(run.found);
    return errors.length === 0 ? { data } : { errors, data };
  }

  /** How many operations are planned and kept. */
  get plannedOperations(): number {
    return this.prepared.size;
  }

  private async prepare(
    document: DocumentNode,
    operationName: string | null | undefined,
    rollout: Rollout,
  ): Promise<Prepared | null> {
    const variant = `${operationName ?? ''} ${this.variantOf(rollout)}`;
    const key = this.keyOf(document, variant);
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const operation = findOperation(document, operationName, this.withArguments);
    if (operation === null) {
      this.keys.get(document)?.delete(variant); // a client can make up names without end
      return null;
    }
    // The promise is kept, so that a burst of one new operation is planned once; a failure is not.
    const prepared = this.plan(operation, rollout);
    this.prepared.set(key, prepared);
    prepared.catch(() => this.prepared.delete(key));
    return prepared;
  }

  private async plan(operation: Operation, rollout: Rollout): Promise<Prepared> {
    if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION) {
      const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
      throw new GraphQLError('The gateway does not serve subscriptions.', { extensions });
    }
    try {
      const stages = await this.planner.plan(operation, rollout);
      const conditions = conditionVariables(operation);
      return { operation, stages, conditions, projections: new LRUCache({ max: PROJECTIONS_PER_OPERATION }) };
    } catch (cause) {
      throw unplannable(cause);
    }
  }

  private projectionOf(prepared: Prepared, coerced: Readonly<Record<string, unknown>>): Projection {
    const { operation, conditions, projections } = prepared;
    const key = conditions.map((name) => (coerced[name] === true ? '1' : '0')).join('');
    const known = projections.get(key);
    if (known !== undefined) return known;
    const values = new Map(conditions.map((name) => [name, coerced[name] === true]));
    const projection = compileProjection(this.schema, operation, values);
    projections.set(key, projection);
    return projection;
  }

  private keyOf(document: DocumentNode, variant: string): string {
    let keys = this.keys.get(document);
    if (keys === undefined) this.keys.set(document, (keys = new Map<string, string>()));
    let key = keys.get(variant);
    if (key !== undefined) return key;
    if (keys.size >= KEYS_PER_DOCUMENT) keys.clear();
    keys.set(variant, (key = `${variant}\n${print(document)}`));
    return key;
  }

  /** Of a rollout, what a plan depends on. */
  private variantOf(rollout: Rollout): string {
    if (rollout === NO_ROLLOUT) return '';
    const { labels, percentage } = rollout;
    const inForce = this.planner.percentages.filter((limit) => percentage < limit);
    return JSON.stringify([[...labels].sort(), inForce]);
  }
}

function missing(operationName: string | null | undefined): string {
  return operationName == null
    ? 'Must provide operation name if query contains multiple operations.'
    : `Unknown operation named "${operationName}".`;
}
