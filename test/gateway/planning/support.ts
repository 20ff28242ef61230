import { ApolloServer } from '@apollo/server';

import {
  compose,
  createGateway,
  type Gateway,
  guardedPlanners,
  type GuardedPlanners,
  type GuardOptions,
  inProcess,
  type Planners,
  toSubgraph,
} from '../../../src/gateway';
import { executable } from '../world';

const zones = [
  { __typename: 'Tank', id: 'z1', name: 'Reef', photo: { id: 'p1' } },
  { __typename: 'Cage', id: 'z2', name: 'Den', photo: { id: 'p2' } },
];

const zoo = toSubgraph({
  name: 'zoo',
  schema: executable(
    `type Query { zones: [Zone!]! }
     interface Zone { id: ID! name: String photo: Photo }
     type Tank implements Zone { id: ID! name: String photo: Photo }
     type Cage implements Zone { id: ID! name: String photo: Photo }
     type Photo @key(fields: "id") { id: ID! }`,
    { Query: { zones: () => zones } },
  ),
  references: { Photo: (references) => Promise.resolve([...references]) },
});
const media = toSubgraph({
  name: 'media',
  schema: executable('type Photo @key(fields: "id") { id: ID! url(width: Int): String }', {
    Photo: { url: ({ id }, { width }) => `${String(id)}@${String(width)}` },
  }),
  references: { Photo: (references) => Promise.resolve([...references]) },
});

/** Objects of two types whose photos are entities of another subgraph. */
export const ZOO = {
  supergraphSdl: compose([zoo, media]),
  runners: { zoo: inProcess(zoo.schema), media: inProcess(media.schema) },
};

/** One key for different arguments under exclusive types, as the planner gets to see it never: it ends the process. */
export const PANICS =
  '{ zones { ... on Tank { photo { url(width: 1) } } ... on Cage { photo { url(width: 2) } } } }';

const STAGES = [0, 1, 2, 3, 4, 5, 6];
const THREE = [0, 1, 2];

/** A supergraph with a chain of subgraphs, each of which requires all that the one before has. */
export const CHAIN_SDL = compose(
  STAGES.map((at) => {
    const before = THREE.map((number) => `f${at - 1}_${number}`);
    const required = at === 0 ? '' : `@requires(fields: "${before.join(' ')}")`;
    const own = THREE.map((number) => `f${at}_${number}: Int ${required}`);
    const external = at === 0 ? [] : before.map((name) => `${name}: Int @external`);
    const keys = '@key(fields: "id") @key(fields: "a") @key(fields: "b")';
    return {
      name: `s${at}`,
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@requires", "@external", "@shareable"])
        ${at === 0 ? 'type Query { t: T }' : ''}
        type T ${keys} { id: ID! a: ID! @shareable b: ID! @shareable ${[...external, ...own].join(' ')} }`,
    };
  }),
);
/** What takes the planner longer than anybody waits. */
export const BOMB = '{ t { f6_0 f6_1 f6_2 } }';

/** A supergraph that ends the planner as it is opened. */
export const DEADLY_SDL = ZOO.supergraphSdl.replace(
  /@join__field\(graph: \w+/,
  '$&, override: "x", overrideLabel: "percent(x)"',
);

export interface Served {
  readonly gateway: Gateway;
  readonly guard: GuardedPlanners;
  /** What was told of the planner's faults: their codes. */
  readonly faults: string[];
  /** The whole answer, as JSON. */
  ask(query: string): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * The zoo, served with planners in a process of their own.
 * @param smuggled raw operations for the planner, by a word in the name of the operations that are asked for
 */
export async function serveZoo(
  options: GuardOptions = {},
  smuggled: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const faults: string[] = [];
  const guard = guardedPlanners({
    ...options,
    onFault: ({ code }) => {
      faults.push(code);
    },
  });
  const gateway = createGateway({ ...ZOO, planners: smuggling(guard, smuggled) });
  const server = new ApolloServer({ gateway });
  await server.start();
  return {
    gateway,
    guard,
    faults,
    ask: async (query) => {
      const { body } = await server.executeOperation({ query });
      return JSON.parse(JSON.stringify(body.kind === 'single' ? body.singleResult : null)) as unknown;
    },
    stop: () => server.stop(),
  };
}

/** Hands the planner what the gateway would not: `aliases.ts` keeps from it what is known to end it. */
function smuggling(planners: Planners, smuggled: Readonly<Record<string, string>>): Planners {
  return {
    ...planners,
    open: (sdl) => {
      const planner = planners.open(sdl);
      return {
        opened: () => planner.opened(),
        plan: (request, time) => {
          const word = Object.keys(smuggled).find((each) => request.text.includes(each));
          return planner.plan(
            word === undefined ? request : { ...request, text: smuggled[word] ?? '' },
            time,
          );
        },
      };
    },
  };
}

/** Whether there is a process of this id that has not ended. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
