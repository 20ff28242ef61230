import type { GraphQLError } from 'graphql';
import { EntityBatch } from './entity-batch';
import { aborted, relocated, unanswered, unreachable } from './failures';
import { askedOf, fetchPart, sentOf } from './fetch-part';
import {
  observed,
  outcomeOfAnswer,
  outcomeOfFault,
  type FetchOutcome,
  type Meter,
  type Observation,
} from './observer';
import type { Stage } from './plan';
import { applyRewrites, renamed } from './rewrites';
import { merge } from './shape';
import type { EntityFetch, RootFetch, Step, Steps } from './steps';
import type { TypeRelations } from './type-relations';
import type { Data, Runners, SubgraphResult } from './types';

export interface Execution {
  readonly runners: Runners;
  readonly types: TypeRelations;
  /** The caller's variables as they were sent: each subgraph coerces for itself. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: unknown;
  readonly signal: AbortSignal | undefined;
  readonly meter?: Meter | undefined;
}

/** What looks on at that which a part of the plan is within; null where nobody does. */
type Within = Pick<Observation, 'begin'> | null;

/** The data that the subgraphs gave, merged and not yet projected, and their errors. */
export interface Gathered {
  readonly data: Data;
  readonly errors: GraphQLError[];
}

/**
 * Runs the stages of a plan. What a subgraph cannot give is an error beside the data that the others gave.
 * @throws GraphQLError when the signal fires
 */
export function gather(stages: readonly Stage[], execution: Execution, within: Within): Promise<Gathered> {
  const run = new Run(execution);
  if (within === null || stages.length < 2) return run.stages(stages, within);
  return observed(within, NODES.sequence, (own) => run.stages(stages, own));
}

/** Errors of subgraphs in one answer. */
const MAX_ERRORS = 10_000;

const NO_ENTITIES: readonly EntityBatch[] = [];

/** The step itself has texts of the caller, which are for nobody else. */
const NODES = { sequence: { kind: 'sequence' }, parallel: { kind: 'parallel' } } as const;

class Run implements Gathered {
  readonly data: Data = Object.create(null) as Data;
  readonly errors: GraphQLError[] = [];

  constructor(private readonly execution: Execution) {}

  async stages(stages: readonly Stage[], within: Within): Promise<Gathered> {
    for (const { step, vital } of stages) {
      if (step !== null) await this.step(step, within);
      if (vital !== null && (this.data[vital] === null || this.data[vital] === undefined)) break;
    }
    return this;
  }

  private step(step: Step, within: Within): Promise<void> {
    switch (step.kind) {
      case 'sequence':
      case 'parallel':
        if (within === null || step.steps.length < 2) return this.steps(step, within);
        return observed(within, NODES[step.kind], (own) => this.steps(step, own));
      case 'root':
        return this.fetchRoot(step, within);
      case 'entities':
        return this.fetchEntities(step, within);
    }
  }

  private async steps({ kind, steps }: Steps, within: Within): Promise<void> {
    if (kind === 'parallel') await Promise.all(steps.map((child) => this.step(child, within)));
    else for (const child of steps) await this.step(child, within);
  }

  private async fetchRoot(fetch: RootFetch, within: Within): Promise<void> {
    const { data, errors } = await this.ask(fetch, this.usedVariables(fetch), NO_ENTITIES, within);
    for (const error of errors ?? []) {
      const path = error.path?.map((key) => renamed(key, fetch.outputRewrites));
      this.tell([relocated(error, path ?? onlyKey(fetch))]);
    }
    if (data === null || data === undefined) return;
    applyRewrites(data, fetch.outputRewrites, this.execution.types);
    merge(this.data, data, fetch.shape, this.execution.types);
  }

  private async fetchEntities(fetch: EntityFetch, within: Within): Promise<void> {
    const { types } = this.execution;
    const batches = fetch.groups.map((group) => new EntityBatch(group, fetch.service, types, this.data));
    if (batches.every(({ representations }) => representations.length === 0)) return;
    const variables = this.usedVariables(fetch);
    for (const { group, representations } of batches) variables[group.variable] = representations;

    const { data, errors } = await this.ask(fetch, variables, batches, within);
    for (const error of errors ?? []) {
      const batch = batches.find(({ group }) => group.alias === error.path?.[0]);
      const touched = batch ? [batch] : batches.filter(({ representations }) => representations.length > 0);
      for (const each of touched) this.tell(each.relocate(error));
    }
    for (const batch of batches) {
      const entities = data?.[batch.group.alias];
      if (batch.isAnsweredBy(entities)) batch.merge(entities);
      else if ((errors?.length ?? 0) === 0) this.tell(batch.relocate(unanswered(fetch.service)));
    }
  }

  /** One error of a subgraph may be one for each of many places. */
  private tell(errors: readonly GraphQLError[]): void {
    for (const error of errors) {
      if (this.errors.length >= MAX_ERRORS) return;
      this.errors.push(error);
    }
  }

  private usedVariables({ variableUsages }: RootFetch | EntityFetch): Record<string, unknown> {
    const { variables } = this.execution;
    const used: Record<string, unknown> = {};
    for (const name of variableUsages) if (Object.hasOwn(variables, name)) used[name] = variables[name];
    return used;
  }

  /** Asks a subgraph, and tells whoever looks on. */
  private async ask(
    fetch: RootFetch | EntityFetch,
    variables: Record<string, unknown>,
    batches: readonly EntityBatch[],
    within: Within,
  ): Promise<SubgraphResult> {
    const { signal, meter } = this.execution;
    if (signal?.aborted) throw aborted(signal);
    const observation = within?.begin(fetchPart(fetch, batches));
    const began = meter === undefined ? 0 : performance.now();
    let outcome: FetchOutcome = 'ABORTED';
    let errors = 0;
    let cause: unknown = null;
    try {
      const result = answered(await this.send(fetch, variables, observation));
      outcome = outcomeOfAnswer(result.data, result.errors);
      errors = result.errors?.length ?? 0;
      return result;
    } catch (fault) {
      if (signal?.aborted) throw aborted(signal);
      outcome = outcomeOfFault(fault);
      cause = fault;
      return { errors: [unreachable(fetch.service, fault)] };
    } finally {
      meter?.fetched(fetch.service, outcome, performance.now() - began, askedOf(batches), sentOf(batches));
      observation?.end({ outcome, errors, cause });
    }
  }

  private send(
    { service, document, query, operationKind, operationName }: RootFetch | EntityFetch,
    variables: Record<string, unknown>,
    observation: Observation | undefined,
  ): Promise<SubgraphResult> | SubgraphResult {
    const { runners, context, signal } = this.execution;
    const runner = runners[service];
    if (runner === undefined) throw new Error('There is no runner for it.');
    const request = {
      document,
      query,
      operationKind,
      operationName,
      variables,
      context,
      signal,
      observation,
    };
    const answer = runner(request);
    return signal === undefined ? answer : raced(answer, signal);
  }
}

/** @throws Error where there is nothing in it */
function answered(result: SubgraphResult): SubgraphResult {
  const { data, errors } = result;
  if ((data === null || data === undefined) && (errors?.length ?? 0) === 0)
    throw new Error('Its answer has neither data nor errors.');
  return result;
}

/** The answer, or a rejection as soon as the signal fires: a runner may be deaf to it. */
async function raced(
  answer: Promise<SubgraphResult> | SubgraphResult,
  signal: AbortSignal,
): Promise<SubgraphResult> {
  let stop = (): void => undefined;
  const abort = new Promise<never>((_, reject) => {
    stop = () => reject(aborted(signal));
    // the runner may have been what the caller left at
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, abort]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The root field of a fetch, when it has only one: where an error without a path belongs. */
function onlyKey({ shape }: RootFetch): [string] | undefined {
  const [key, ...others] = shape.keys();
  return key === undefined || others.length > 0 ? undefined : [key];
}
