import type { GraphQLError } from 'graphql';
import { EntityBatch } from './entity-batch';
import { aborted, relocated, unreachable } from './failures';
import type { Stage } from './plan';
import { applyRewrites, renamed } from './rewrites';
import { merge } from './shape';
import type { EntityFetch, RootFetch, Step } from './steps';
import type { TypeRelations } from './type-relations';
import type { Data, Runners, SubgraphResult } from './types';

export interface Execution {
  readonly runners: Runners;
  readonly types: TypeRelations;
  /** The caller's variables as they were sent: each subgraph coerces for itself. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: unknown;
  readonly signal: AbortSignal | undefined;
}

/** The data that the subgraphs gave, merged and not yet projected, and their errors. */
export interface Gathered {
  readonly data: Data;
  readonly errors: GraphQLError[];
}

/**
 * Runs the stages of a plan. What a subgraph cannot give is an error beside the data that the others gave.
 * @throws GraphQLError when the signal fires
 */
export async function gather(stages: readonly Stage[], execution: Execution): Promise<Gathered> {
  const run = new Run(execution);
  for (const { step, vital } of stages) {
    if (step !== null) await run.step(step);
    if (vital !== null && (run.data[vital] === null || run.data[vital] === undefined)) break;
  }
  return run;
}

class Run implements Gathered {
  readonly data: Data = Object.create(null) as Data;
  readonly errors: GraphQLError[] = [];

  constructor(private readonly execution: Execution) {}

  async step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'sequence':
        for (const child of step.steps) await this.step(child);
        return;
      case 'parallel':
        await Promise.all(step.steps.map((child) => this.step(child)));
        return;
      case 'root':
        return this.fetchRoot(step);
      case 'entities':
        return this.fetchEntities(step);
    }
  }

  private async fetchRoot(fetch: RootFetch): Promise<void> {
    const { data, errors } = await this.ask(fetch, this.usedVariables(fetch));
    for (const error of errors ?? []) {
      const path = error.path?.map((key) => renamed(key, fetch.outputRewrites));
      this.errors.push(relocated(error, path ?? onlyKey(fetch)));
    }
    if (data === null || data === undefined) return;
    applyRewrites(data, fetch.outputRewrites, this.execution.types);
    merge(this.data, data, fetch.shape, this.execution.types);
  }

  private async fetchEntities(fetch: EntityFetch): Promise<void> {
    const { types } = this.execution;
    const batches = fetch.groups.map((group) => new EntityBatch(group, fetch.service, types, this.data));
    if (batches.every(({ representations }) => representations.length === 0)) return;
    const variables = this.usedVariables(fetch);
    for (const { group, representations } of batches) variables[group.variable] = representations;

    const { data, errors } = await this.ask(fetch, variables);
    for (const error of errors ?? []) {
      const batch = batches.find(({ group }) => group.alias === error.path?.[0]);
      const touched = batch ? [batch] : batches.filter(({ representations }) => representations.length > 0);
      for (const each of touched) this.errors.push(...each.relocate(error));
    }
    for (const batch of batches) batch.merge(data?.[batch.group.alias]);
  }

  private usedVariables({ variableUsages }: RootFetch | EntityFetch): Record<string, unknown> {
    const { variables } = this.execution;
    const used: Record<string, unknown> = {};
    for (const name of variableUsages) if (Object.hasOwn(variables, name)) used[name] = variables[name];
    return used;
  }

  private async ask(
    fetch: RootFetch | EntityFetch,
    variables: Record<string, unknown>,
  ): Promise<SubgraphResult> {
    const { runners, context, signal } = this.execution;
    if (signal?.aborted) throw aborted(signal);
    const { service, document, query, operationKind, operationName } = fetch;
    try {
      const runner = runners[service];
      if (runner === undefined) throw new Error('There is no runner for it.');
      const answer = runner({ document, query, operationKind, operationName, variables, context, signal });
      const result = await (signal === undefined ? answer : raced(answer, signal));
      const empty = (result.data === null || result.data === undefined) && (result.errors?.length ?? 0) === 0;
      return empty
        ? { errors: [unreachable(service, new Error('Its answer has neither data nor errors.'))] }
        : result;
    } catch (cause) {
      if (signal?.aborted) throw aborted(signal);
      return { errors: [unreachable(service, cause)] };
    }
  }
}

/** The answer, or a rejection as soon as the signal fires: a runner may be deaf to it. */
async function raced(
  answer: Promise<SubgraphResult> | SubgraphResult,
  signal: AbortSignal,
): Promise<SubgraphResult> {
  let stop = (): void => undefined;
  const abort = new Promise<never>((_, reject) => {
    stop = () => reject(aborted(signal));
    signal.addEventListener('abort', stop, { once: true });
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
