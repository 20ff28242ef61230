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
import {
  Access,
  filtered,
  guardedBy,
  NO_RIGHTS,
  outcomeOf,
  Requirements,
  type Guarded,
  type Rights,
} from './authorization';
import { CostModel, type CostOptions, type CostRequest } from './cost';
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

/** How a program looks on at a graph, and what it tells it of its requests. */
export interface GraphOptions {
  /** What the caller of a request has, by the server's context value. Without it a caller has nothing. */
  readonly rightsOf?: ((context: unknown) => Rights) | undefined;
  /** How costs are estimated where the graph says nothing. */
  readonly costs?: CostOptions | undefined;
}

/** An operation that was planned, and its projections by the values of its conditions. */
interface Prepared {
  readonly operation: Operation;
  /** What its caller may not have; null where it may have all that it asks for. */
  readonly access: Access | null;
  readonly stages: readonly Stage[];
  readonly conditions: readonly string[];
  readonly projections: LRUCache<string, Answering>;
}

/** What an operation is answered with under some values of its conditions. */
interface Answering {
  readonly project: Projection;
  /** Errors by which the answer is null before anything is run; empty where it is not. */
  readonly voiding: readonly GraphQLError[];
}

/** An operation of a document, as it is asked for. */
interface Asked {
  readonly operation: Operation;
  /** Of its plan, where its caller may have all of it. */
  readonly key: string;
  readonly guarded: Guarded;
  /** Of its plans, by the outcome of what it asks of its caller. */
  readonly keys: Map<string, string>;
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
  private readonly prepared: LRUCache<string, Promise<Prepared>>;
  private readonly requirements: Requirements;
  private readonly costs: CostModel;
  /**
   * The operations of a document by name and variant. Printing it costs more than all else in the steady state, and
   * servers keep parsed documents.
   */
  private readonly asked = new WeakMap<DocumentNode, Map<string, Asked>>();

  /**
   * @param cacheSize characters of documents, all together, whose plans are kept
   * @throws GatewayError `INVALID_SUPERGRAPH`
   */
  constructor(
    readonly supergraphSdl: string,
    private readonly runners: Runners,
    cacheSize: number,
    private readonly options: GraphOptions = {},
  ) {
    const supergraph = parse(supergraphSdl, { noLocation: true });
    this.schema = publicSchemaOf(supergraph);
    this.types = new TypeRelations(supergraph);
    this.costs = new CostModel(supergraph, this.schema, options.costs);
    this.requirements = new Requirements(supergraph, this.schema);
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
    const asked = this.askedFor(document, operationName, request.rollout ?? NO_ROLLOUT);
    if (asked === null) return { errors: [new GraphQLError(missing(operationName))] };
    const prepared = await this.prepare(asked, request);
    const { operation, stages } = prepared;
    const definitions = operation.definition.variableDefinitions ?? [];
    const coercion = getVariableValues(this.schema, definitions, variables, { maxErrors: 50 });
    if (coercion.errors) return { errors: coercion.errors };

    const { coerced } = coercion;
    const { project, voiding } = this.answeringOf(prepared, coerced);
    if (voiding.length > 0) return { errors: voiding, data: null };
    const { runners, types } = this;
    const gathered = await gather(stages, { runners, types, variables, coerced, context, signal });
    const run = new ProjectionRun(gathered.errors, variables);
    const data = project(gathered.data, run);
    const errors = gathered.errors.concat(run.found);
    return errors.length === 0 ? { data } : { errors, data };
  }

  /**
   * What a request may cost, in cost units.
   * @throws GraphQLError `BAD_USER_INPUT` where a list needs one slicing argument and has not got it
   */
  costOf(request: CostRequest): number {
    return this.costs.estimate(request);
  }

  /** How many operations are planned and kept. */
  get plannedOperations(): number {
    return this.prepared.size;
  }

  private async prepare(asked: Asked, { context, rollout = NO_ROLLOUT }: GraphRequest): Promise<Prepared> {
    const outcome = await this.outcomeFor(asked, context);
    const key = outcome === null ? asked.key : keyFor(asked, outcome);
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const access = outcome === null ? null : new Access(this.requirements, asked.guarded, outcome);
    // The promise is kept, so that a burst of one new operation is planned once; a failure is not.
    const prepared = this.plan(asked.operation, rollout, access);
    this.prepared.set(key, prepared);
    prepared.catch(() => this.prepared.delete(key));
    return prepared;
  }

  /** What of the requirements of an operation its caller meets; null where it meets them all. */
  private outcomeFor({ guarded }: Asked, context: unknown): string | null | Promise<string | null> {
    if (guarded.requirements.length === 0) return null;
    const outcome = outcomeOf(guarded.requirements, this.options.rightsOf?.(context) ?? NO_RIGHTS);
    return outcome instanceof Promise ? outcome.then(unlessAllMet) : unlessAllMet(outcome);
  }

  private async plan(operation: Operation, rollout: Rollout, access: Access | null): Promise<Prepared> {
    if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION) {
      const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
      throw new GraphQLError('The gateway does not serve subscriptions.', { extensions });
    }
    try {
      const stages = await this.planner.plan(
        access === null ? operation : filtered(operation, access),
        rollout,
      );
      const conditions = conditionVariables(operation);
      const projections = new LRUCache<string, Answering>({ max: PROJECTIONS_PER_OPERATION });
      return { operation, access, stages, conditions, projections };
    } catch (cause) {
      throw unplannable(cause);
    }
  }

  private answeringOf(prepared: Prepared, coerced: Readonly<Record<string, unknown>>): Answering {
    const { operation, access, conditions, projections } = prepared;
    const key = conditions.map((name) => (coerced[name] === true ? '1' : '0')).join('');
    const known = projections.get(key);
    if (known !== undefined) return known;
    const values: Conditions = new Map(conditions.map((name) => [name, coerced[name] === true]));
    const answering = {
      project: compileProjection(this.schema, operation, values, access),
      voiding: access?.voiding(this.schema, operation, values) ?? [],
    };
    projections.set(key, answering);
    return answering;
  }

  /** The operation of a document that is asked for; null where there is no such one. */
  private askedFor(
    document: DocumentNode,
    operationName: string | null | undefined,
    rollout: Rollout,
  ): Asked | null {
    const variant = `${operationName ?? ''} ${this.variantOf(rollout)}`;
    let all = this.asked.get(document);
    const known = all?.get(variant);
    if (known !== undefined) return known;
    const operation = findOperation(document, operationName);
    // a client can make up names without end: only those that there are, are kept
    if (operation === null) return null;
    if (all === undefined) this.asked.set(document, (all = new Map<string, Asked>()));
    if (all.size >= KEYS_PER_DOCUMENT) all.clear();
    const { requirements, schema } = this;
    const guarded = requirements.isEmpty ? UNGUARDED : guardedBy(requirements, schema, operation);
    const asked = { operation, key: `${variant}\n${print(document)}`, guarded, keys: new Map() };
    all.set(variant, asked);
    return asked;
  }

  /** Of a rollout, what a plan depends on. */
  private variantOf(rollout: Rollout): string {
    if (rollout === NO_ROLLOUT) return '';
    const { labels, percentage } = rollout;
    const inForce = this.planner.percentages.filter((limit) => percentage < limit);
    return JSON.stringify([[...labels].sort(), inForce]);
  }
}

const UNGUARDED: Guarded = { requirements: [], parents: new Map() };

function unlessAllMet(outcome: string): string | null {
  return outcome.includes('0') ? outcome : null;
}

/** Outcomes of one operation whose keys are kept; a caller has no hand in how many there are. */
const OUTCOMES_PER_OPERATION = 64;

function keyFor({ key, keys }: Asked, outcome: string): string {
  const known = keys.get(outcome);
  if (known !== undefined) return known;
  if (keys.size >= OUTCOMES_PER_OPERATION) keys.clear();
  const made = `${outcome} ${key}`;
  keys.set(outcome, made);
  return made;
}

function missing(operationName: string | null | undefined): string {
  return operationName == null
    ? 'Must provide operation name if query contains multiple operations.'
    : `Unknown operation named "${operationName}".`;
}
