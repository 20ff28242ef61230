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
import { decided } from './decide';
import { GatewayError } from './errors';
import { gather } from './execute';
import { unplannable } from './failures';
import { observed, type Meter, type Observer, type PlanLookup } from './observer';
import { findOperation, type Operation } from './operation';
import { NO_ROLLOUT, Planner, type Rollout, type Stage } from './plan';
import type { Planners } from './planning/planners';
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
  /** What looks on at a request, by the server's context value; null for one that nobody looks on at. */
  readonly observe?: ((context: unknown) => Observer | null) | undefined;
  /** Counts what all requests have done. */
  readonly meter?: Meter | undefined;
  /** Where operations are planned; default `plannersInProcess()`. */
  readonly planners?: Planners | undefined;
}

/** An operation of a document, as it is asked for. */
interface Asked {
  readonly operation: Operation;
  /** Of its plans, where its caller may have all of it. */
  readonly key: string;
  readonly guarded: Guarded;
  /** Of its plans, by the outcome of what it asks of its caller. */
  readonly keys: Map<string, string>;
}

/** An operation for those who may have the same of it. What is run for it depends on the values of its conditions. */
interface Prepared {
  readonly key: string;
  readonly operation: Operation;
  /** What its caller may not have; null where it may have all that it asks for. */
  readonly access: Access | null;
  /** The variables of its conditions. */
  readonly conditions: readonly string[];
  readonly variants: LRUCache<string, Planning>;
}

/** A plan that is made, or is being made: a burst of one new operation is planned once. */
interface Planning {
  readonly variant: Promise<Variant>;
  isMade: boolean;
}

/** An operation for certain values of its conditions: how it is gathered, and what the answer looks like. */
interface Variant {
  readonly stages: readonly Stage[];
  readonly project: Projection;
  /** Errors by which the answer is null before anything is run; empty where it is not. */
  readonly voiding: readonly GraphQLError[];
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
  private readonly requirements: Requirements;
  private readonly prepared: LRUCache<string, Prepared>;
  private readonly costs: CostModel;
  /**
   * The operations of a document by name and rollout. Printing it costs more than all else in the steady state, and
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
    this.schema = schemaOf(supergraph);
    this.types = new TypeRelations(supergraph);
    this.withArguments = fieldsWithArguments(supergraph);
    this.costs = new CostModel(supergraph, this.schema, options.costs);
    this.requirements = new Requirements(supergraph, this.schema);
    this.planner = new Planner(supergraph, supergraphSdl, this.schema, options.planners);
    this.prepared = new LRUCache({
      maxSize: cacheSize,
      sizeCalculation: ({ variants }, key) => (key.length + SMALLEST_PLAN) * Math.max(1, variants.size),
    });
  }

  /** Resolves once operations can be planned for this supergraph. @throws GatewayError `INVALID_SUPERGRAPH` */
  opened(): Promise<void> {
    return this.planner.opened();
  }

  /**
   * Answers a request as the GraphQL specification says of an execution: a result with data or errors or both.
   * @throws GraphQLError when the operation cannot be planned, and when `signal` fires
   */
  async execute(request: GraphRequest): Promise<ExecutionResult<Data>> {
    const { document, operationName, context, signal, rollout = NO_ROLLOUT } = request;
    const variables = request.variables ?? {};
    const asked = this.askedFor(document, operationName, rollout);
    if (asked === null) return { errors: [new GraphQLError(missing(operationName))] };
    if (asked.operation.definition.operation === OperationTypeNode.SUBSCRIPTION) throw unserved();
    const prepared = await this.prepare(asked, context);
    const declared = prepared.operation.definition.variableDefinitions ?? [];
    const coercion = getVariableValues(this.schema, declared, variables, { maxErrors: 50 });
    if (coercion.errors) return { errors: coercion.errors };

    const observer = this.options.observe?.(context) ?? null;
    const { stages, project, voiding } = await this.variantOf(prepared, coercion.coerced, rollout, observer);
    if (voiding.length > 0) return { errors: voiding, data: null };
    const { runners, types } = this;
    const { meter } = this.options;
    const execution = { runners, types, variables, context, signal, meter };
    const gathered = await gather(stages, execution, observer);
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

  /** What the plans weigh that are kept, by the size of their documents: `cacheSize` at the most. */
  get plannedWeight(): number {
    return this.prepared.calculatedSize;
  }

  /** The operation of a document that is asked for; null where there is no such one. */
  private askedFor(
    document: DocumentNode,
    operationName: string | null | undefined,
    rollout: Rollout,
  ): Asked | null {
    const name = `${operationName ?? ''} ${this.rolledOut(rollout)}`;
    let all = this.asked.get(document);
    const known = all?.get(name);
    if (known !== undefined) return known;
    const operation = findOperation(document, operationName, this.withArguments);
    // a client can make up names without end: only those that there are, are kept
    if (operation === null) return null;
    if (all === undefined) this.asked.set(document, (all = new Map<string, Asked>()));
    if (all.size >= KEYS_PER_DOCUMENT) all.clear();
    const { requirements, schema } = this;
    const guarded = requirements.isEmpty ? UNGUARDED : guardedBy(requirements, schema, operation);
    const asked = { operation, key: `${name}\n${print(document)}`, guarded, keys: new Map<string, string>() };
    all.set(name, asked);
    return asked;
  }

  private prepare(asked: Asked, context: unknown): Prepared | Promise<Prepared> {
    const outcome = this.outcomeFor(asked, context);
    return outcome instanceof Promise
      ? outcome.then((known) => this.preparedFor(asked, known))
      : this.preparedFor(asked, outcome);
  }

  /** What of the requirements of an operation its caller meets; null where it meets them all. */
  private outcomeFor({ guarded }: Asked, context: unknown): string | null | Promise<string | null> {
    if (guarded.requirements.length === 0) return null;
    const outcome = outcomeOf(guarded.requirements, this.options.rightsOf?.(context) ?? NO_RIGHTS);
    return outcome instanceof Promise ? outcome.then(unlessAllMet) : unlessAllMet(outcome);
  }

  private preparedFor(asked: Asked, outcome: string | null): Prepared {
    const key = outcome === null ? asked.key : keyFor(asked, outcome);
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const { operation, guarded } = asked;
    const access = outcome === null ? null : new Access(this.requirements, guarded, outcome);
    const variants = new LRUCache<string, Planning>({ max: VARIANTS_PER_OPERATION });
    const prepared = { key, operation, access, conditions: conditionVariables(operation), variants };
    this.prepared.set(key, prepared); // at once: a burst of one new operation shares it
    return prepared;
  }

  /** A failure is not kept: the next request tries again. */
  private variantOf(
    prepared: Prepared,
    coerced: Readonly<Record<string, unknown>>,
    rollout: Rollout,
    observer: Observer | null,
  ): Promise<Variant> {
    const { key, conditions, variants } = prepared;
    const bits = conditions.map((name) => (coerced[name] === true ? '1' : '0')).join('');
    const known = variants.get(bits);
    if (known !== undefined) return this.lookedUp(known.isMade ? 'hit' : 'shared', known, observer);
    const values = new Map(conditions.map((name) => [name, coerced[name] === true]));
    const planning: Planning = { variant: this.plan(prepared, values, rollout), isMade: false };
    variants.set(bits, planning);
    this.prepared.set(key, prepared); // again, since it weighs more now
    const forget = (): void => {
      variants.delete(bits);
      if (variants.size === 0) this.prepared.delete(key);
    };
    planning.variant.then(() => (planning.isMade = true), forget);
    return this.lookedUp('miss', planning, observer);
  }

  private lookedUp(lookup: PlanLookup, { variant }: Planning, observer: Observer | null): Promise<Variant> {
    this.options.meter?.planLookedUp(lookup);
    if (observer === null) return variant;
    observer.planLookedUp(lookup);
    return lookup === 'hit' ? variant : observed(observer, PLAN, () => variant);
  }

  private async plan(
    { operation, access }: Prepared,
    values: Conditions,
    rollout: Rollout,
  ): Promise<Variant> {
    const began = performance.now();
    let isPlan = false;
    try {
      const allowed = access === null ? operation : filtered(operation, access);
      const variant = {
        stages: await this.planner.plan(decided(allowed, values), rollout),
        project: compileProjection(this.schema, operation, values, access),
        voiding: access?.voiding(this.schema, operation, values) ?? [],
      };
      isPlan = true;
      return variant;
    } catch (cause) {
      throw unplannable(cause);
    } finally {
      this.options.meter?.planned(performance.now() - began, isPlan);
    }
  }

  /** Of a rollout, what a plan depends on. */
  private rolledOut(rollout: Rollout): string {
    if (rollout === NO_ROLLOUT) return '';
    const { labels, percentage } = rollout;
    const inForce = this.planner.percentages.filter((limit) => percentage < limit);
    return JSON.stringify([[...labels].sort(), inForce]);
  }
}

function schemaOf(supergraph: DocumentNode): GraphQLSchema {
  try {
    return publicSchemaOf(supergraph);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('INVALID_SUPERGRAPH', 'The supergraph has no public schema.', [reason], { cause });
  }
}

const PLAN = { kind: 'plan' } as const;

function unserved(): GraphQLError {
  const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
  return new GraphQLError('The gateway does not serve subscriptions.', { extensions });
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
