import { GraphQLError } from 'graphql';
import { GatewayError, type Rollout } from '../../../src/gateway';
import type { Answer, World } from '../world';

interface Asked {
  readonly name: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** Progressive overrides in force. */
  readonly rollout?: Rollout;
}

/** A query and the whole of its answer. */
export interface Answered extends Asked {
  readonly expected: Answer;
  /** Requests by subgraph; a subgraph that is not named is not asked. */
  readonly fetches?: Record<string, number>;
  /** By subgraph, the representations that it is sent, request by request; a root fetch is an empty one. */
  readonly representations?: Record<string, readonly (readonly unknown[])[]>;
  /** Why the same graph as one schema answers otherwise, or has no answer. */
  readonly unlikeOneSchema?: string;
}

/** A query that the planner finds no plan for: a limit of it (docs/gateway.md), and an error rather than a wrong answer. */
export interface Refused extends Asked {
  /** Part of the planner's reason. */
  readonly refusal: string;
}

export type Case = Answered | Refused;

/** A supergraph that has a feature of federation, and the queries that show it. */
export interface Feature {
  readonly feature: string;
  readonly world: () => World;
  readonly cases: readonly Case[];
  /** Puts the data back before each query, where queries change it. */
  readonly reset?: () => void;
}

/**
 * Runs the cases of a feature on its supergraph, which is composed once. Each query is asked of the gateway twice (the
 * second time from its cached plan, unless it is a mutation), and of the same graph as one schema where there is one.
 */
export function conformance({ feature, world, cases, reset = () => {} }: Feature): void {
  describe(feature, () => {
    const asked = world();
    test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, each) => {
      reset();
      await ('refusal' in each ? expectRefusal(asked, each) : expectAnswer(asked, each, reset));
    });
  });
}

async function expectAnswer(world: World, asked: Answered, reset: () => void): Promise<void> {
  const { query, variables = {}, expected, fetches, representations = {}, unlikeOneSchema } = asked;
  world.sent.length = 0;
  expect(await ask(world, asked)).toEqual(inOrder(expected));
  if (fetches !== undefined) expect(fetchesOf(world)).toEqual(fetches);
  for (const [service, sent] of Object.entries(representations)) {
    expect([service, world.representations(service)]).toEqual([service, sent]);
  }
  reset();
  if (!query.startsWith('mutation')) expect(await ask(world, asked)).toEqual(inOrder(expected));
  if (unlikeOneSchema === undefined && world.isOneSchema) {
    expect({ asOneSchema: inOrder(await world.askWhole(query, variables)) }).toEqual({
      asOneSchema: inOrder(expected),
    });
  }
}

async function expectRefusal(world: World, asked: Refused): Promise<void> {
  const error: unknown = await ask(world, asked).then(
    (answer) => `answered ${JSON.stringify(answer)}`,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GraphQLError);
  expect(error).toMatchObject({ extensions: { code: 'UNAVAILABLE' } });
  const cause = (error as GraphQLError).originalError;
  expect(cause).toBeInstanceOf(GatewayError);
  expect((cause as GatewayError).message).toContain(asked.refusal);
}

async function ask(world: World, { query, variables = {}, rollout }: Asked): Promise<Answer> {
  return inOrder(await world.ask(query, variables, { rollout }));
}

/** GraphQL gives errors no order, and subgraphs that are asked at once give them none either. */
function inOrder({ errors, ...answer }: Answer): Answer {
  if (!Array.isArray(errors)) return answer;
  const spelled = errors.map((error) => [JSON.stringify(error), error as unknown] as const);
  spelled.sort(([left], [right]) => (left < right ? -1 : 1));
  return { ...answer, errors: spelled.map(([, error]) => error) };
}

function fetchesOf(world: World): Record<string, number> {
  const fetches: Record<string, number> = {};
  for (const { service } of world.sent) fetches[service] = (fetches[service] ?? 0) + 1;
  return fetches;
}
