import { compose } from '../../src/gateway';
import { Assembler } from '../../src/federation/assemble';
import { settle } from '../../src/federation/settle';

/** What is wrong with one subgraph keeps no other one out, however it is wrong. */

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@cost", "@key", "@requiresScopes"])`;
const OWN = [{ name: 'ours', sdl: `${LINK} type Query { ours: Int }` }];
const URL = 'http://127.0.0.1:4101/graphql';
const joining = (name: string, sdl: string) => ({
  remote: { name, url: URL, propagateHeaders: [], timeoutMs: 1000, retries: 0, schema: null },
  sdl: `${LINK}\n${sdl}`,
});

const many = (times: number, text: string): string => text.repeat(times);

test.each([
  ['that is no SDL', 'type'],
  ['that the composer throws at: scopes', 'type Query { bad: Int @requiresScopes(scopes: "a") }'],
  ['that the composer throws at: a weight', 'type Query { bad: Int @cost(weight: "a") }'],
  ['that the composer throws at: a name', 'type constructor { a: Int } type Query { bad: constructor }'],
  ['without a public schema', 'enum join__Graph { A } type Query { bad: join__Graph }'],
  ['that the planner does not read', `type Query { bad: ${many(700, '[')}Int${many(700, ']')} }`],
  ['that the planner would die of: a weight', 'type Query { bad: Int @cost(weight: -1) }'],
  [
    'that the planner would die of: a weight of an argument',
    'type Query { bad(a: Int @cost(weight: -1)): Int }',
  ],
  [
    'that the planner would die of: a fragment',
    'type Bad @key(fields: "...F") { a: Int } type Query { bad: Bad }',
  ],
  [
    'that the planner would die of: a deep key',
    `type Bad @key(fields: "${many(60, 'bad { ')}a${many(60, ' }')}") { a: Int bad: Bad } type Query { bad: Bad }`,
  ],
])('a subgraph %s', async (_how, sdl) => {
  const good = joining('good', 'type Query { good: Int }');
  const settled = await settle(new Assembler(OWN), [joining('bad', sdl), good], new Map());
  expect(settled).toMatchObject({
    joined: [good],
    assembly: { supergraphSdl: compose([...OWN, { name: 'good', url: URL, sdl: good.sdl }]) },
    refused: [{ name: 'bad' }],
  });
  expect(settled.refused).toHaveLength(1);
});

test('others are served between the compositions', async () => {
  let turns = 0;
  let over = false;
  const count = (): void => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const many = Array.from({ length: 5 }, (_, at) => joining(`a${at}`, `type Query { a${at}: Int }`));
  const settled = await settle(new Assembler(OWN), [...many, joining('bad', 'type')], new Map());
  over = true;
  expect(settled.refused).toHaveLength(1);
  expect(turns).toBeGreaterThanOrEqual(5);
});
