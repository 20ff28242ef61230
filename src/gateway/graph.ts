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
import { decided } from './decide';
import { gather } from './execute';
import { unplannable } from './failures';
import { findOperation, type Operation } from './operation';
import { NO_ROLLOUT, Planner, type Rollout, type Stage } from './plan';
import { compileProjection, type Projection } from './project';
import { ProjectionRun } from './projection-run';
import { publicSchemaOf } from './public-schema';
import { conditionVariables, type Conditions } from './selections';
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

/** An operation that was asked for. What is run for it depends on the values of its conditions. */
interface Prepared {
  readonly key: string;
  readonly operation: Operation;
  /** The variables of its conditions. */
  readonly conditions: readonly string[];
  readonly variants: LRUCache<string, Promise<Variant>>;
}

/** An operation for certain values of its conditions: how it is gathered, and what the answer looks like. */
interface Variant {
  readonly stages: readonly Stage[];
  readonly projection: Projection;
}

/** A client can send every combination of its conditions. */
const VARIANTS_PER_OPERATION = 32;

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
  private readonly prepared: LRUCache<string, Prepared>;
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
      sizeCalculation: ({ variants }, key) => (key.length + SMALLEST_PLAN) * Math.max(1, variants.size),
    });
  }

  /**
   * Answers a request as the GraphQL specification says of an execution: a result with data or errors or both.
   * @throws GraphQLError when the operation cannot be planned, and when `signal` fires
   */
  async execute(request: GraphRequest): Promise<ExecutionResult<Data>> {
    const { document, operationName, context, signal } = request;
    const variables = request.variables ?? {};
    const prepared = this.prepare(document, operationName, request.rollout ?? NO_ROLLOUT);
    if (prepared === null) return { errors: [new GraphQLError(missing(operationName))] };
    const declared = prepared.operation.definition.variableDefinitions ?? [];
    const coercion = getVariableValues(this.schema, declared, variables, { maxErrors: 50 });
    if (coercion.errors) return { errors: coercion.errors };

    const variant = await this.variantOf(prepared, coercion.coerced, request.rollout ?? NO_ROLLOUT);
    const { runners, types } = this;
    const gathered = await gather(variant.stages, { runners, types, variables, context, signal });
    const run = new ProjectionRun(gathered.errors, variables);
    const data = variant.projection(gathered.data, run);
    const errors = gathered.errors.concat(run.found);
    return errors.length === 0 ? { data } : { errors, data };
  }

  /** How many operations are planned and kept. */
  get plannedOperations(): number {
    return this.prepared.size;
  }

  private prepare(
    document: DocumentNode,
    operationName: string | null | undefined,
    rollout: Rollout,
  ): Prepared | null {
    const name = `${operationName ?? ''} ${this.rolledOut(rollout)}`;
    const key = this.keyOf(document, name);
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const operation = findOperation(document, operationName, this.withArguments);
    if (operation === null) {
      this.keys.get(document)?.delete(name); // a client can make up names without end
      return null;
    }
    const variants = new LRUCache<string, Promise<Variant>>({ max: VARIANTS_PER_OPERATION });
    return { key, operation, conditions: conditionVariables(operation), variants };
  }

  /** The promise is kept, so that a burst of one new operation is planned once; a failure is not. */
  private variantOf(
    prepared: Prepared,
    coerced: Readonly<Record<string, unknown>>,
    rollout: Rollout,
  ): Promise<Variant> {
    const { key, operation, conditions, variants } = prepared;
    const bits = conditions.map((name) => (coerced[name] === true ? '1' : '0')).join('');
    const known = variants.get(bits);
    if (known !== undefined) return known;
    const values = new Map(conditions.map((name) => [name, coerced[name] === true]));
    const variant = this.plan(operation, values, rollout);
    variants.set(bits, variant);
    this.prepared.set(key, prepared); // again, since it weighs more now
    variant.catch(() => {
      variants.delete(bits);
      if (variants.size === 0) this.prepared.delete(key);
    });
    return variant;
  }

  private async plan(operation: Operation, values: Conditions, rollout: Rollout): Promise<Variant> {
    if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION) {
      const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
      throw new GraphQLError('The gateway does not serve subscriptions.', { extensions });
    }
    try {
      const stages = await this.planner.plan(decided(operation, values), rollout);
      return { stages, projection: compileProjection(this.schema, operation, values) };
    } catch (cause) {
      throw unplannable(cause);
    }
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
  private rolledOut(rollout: Rollout): string {
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
