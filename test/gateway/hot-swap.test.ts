import { ApolloServer } from '@apollo/server';
import { buildSchema } from 'graphql';

import { compose, createGateway, inProcess, toSubgraph } from '../../src/gateway';

/**
 * A graph that is swapped while it is asked: no request is dropped, or answered by half of each graph.
 * `ALGOGATE_TEST_SWAPS=1000` is the long form, which also prints what the process holds (with `node --expose-gc`).
 */

const SWAPS = Number(process.env['ALGOGATE_TEST_SWAPS'] ?? 50);
const IN_FLIGHT = 20;

const schema = buildSchema('type Query { a: Int b: Int }');
const answers = { a: () => 1, b: () => 2 };
for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {})) {
  field.resolve = async () => {
    // so that every request is under way for a while, and many swaps fall into it
    await new Promise((resolve) => setImmediate(resolve));
    return answers[name as keyof typeof answers]();
  };
}
const one = toSubgraph({ name: 'one', schema });

function sourceOf(version: number) {
  const other = toSubgraph({ name: 'other', schema: buildSchema(`type Query { v${version}: Int }`) });
  return {
    supergraphSdl: compose([one, other]),
    runners: { one: inProcess(one.schema), other: inProcess(other.schema) },
  };
}

test('requests in flight end on the graph that they began with', async () => {
  const gateway = createGateway(sourceOf(0));
  const server = new ApolloServer({ gateway });
  await server.start();
  const wrong: unknown[] = [];
  let [answered, over] = [0, false];
  const clients = Array.from({ length: IN_FLIGHT }, async () => {
    while (!over) {
      const { body } = await server.executeOperation({ query: '{ a b }' });
      const told = JSON.stringify(body.kind === 'single' ? body.singleResult : null);
      if (told !== '{"data":{"a":1,"b":2}}') wrong.push(told);
      answered += 1;
    }
  });
  const held: number[] = [];
  for (let swap = 1; swap <= SWAPS; swap += 1) {
    await gateway.update(sourceOf(swap));
    const { body } = await server.executeOperation({ query: `{ a v${swap} }` });
    const told = JSON.stringify(body.kind === 'single' ? body.singleResult : null);
    if (told !== `{"data":{"a":1,"v${swap}":null}}`) wrong.push(told);
    if (swap % 100 === 0) {
      globalThis.gc?.();
      held.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
    }
  }
  over = true;
  await Promise.all(clients);
  await server.stop();
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(IN_FLIGHT);
  if (held.length > 0)
    process.stdout.write(`MiB held, every 100 swaps: ${held.join(', ')}; ${answered} answers\n`);
}, 600_000);
