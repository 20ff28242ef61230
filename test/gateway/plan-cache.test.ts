import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { ApolloServer } from '@apollo/server';
import { parse } from 'graphql';
import { compose, createGateway, Graph, inProcess, toSubgraph } from '../../src/gateway';
import { Planner } from '../../src/gateway/plan';
import { executable } from './world';

/** Plans are kept by the size of their documents: a number of plans would be no bound on memory. */

const subgraph = toSubgraph({
  name: 'things',
  schema: executable('type Query { thing: String! }', { Query: { thing: () => 'a thing' } }),
  references: {},
});
const source = { supergraphSdl: compose([subgraph]), runners: { things: inProcess(subgraph.schema) } };

const planned = jest.spyOn(Planner.prototype, 'plan');
let server: ApolloServer | null = null;

async function serve(planCacheSize?: number): Promise<void> {
  server = new ApolloServer({
    gateway: createGateway({ ...source, ...(planCacheSize && { planCacheSize }) }),
  });
  await server.start();
}

afterEach(async () => {
  await server?.stop();
  server = null;
});
afterAll(() => {
  planned.mockRestore();
});

/** A document of its own, of some `characters`; what is long of it is the name of the operation. */
const documentOf = (number: number, characters: number): string =>
  `query Q${number}${'x'.repeat(Math.max(0, characters - 30))} {\n  thing\n}`;

/** Asks for a document, which must be answered; gives how often something was planned for it. */
async function plannings(query: string): Promise<number> {
  const before = planned.mock.calls.length;
  if (server === null) throw new Error('nothing is served yet');
  const { body } = await server.executeOperation({ query });
  expect(body).toMatchObject({ kind: 'single', singleResult: { data: { thing: 'a thing' } } });
  return planned.mock.calls.length - before;
}

/** Of documents that were asked for in this order, how many are kept: the last ones, in a row. */
async function keptOf(documents: readonly string[]): Promise<number> {
  let kept = 0;
  for (const document of [...documents].reverse()) {
    if ((await plannings(document)) > 0) break;
    kept += 1;
  }
  return kept;
}

test.each([
  ['short documents', 40, 60],
  ['long ones', 2000, 20],
  ['very long ones', 9000, 5],
])('of %s, as many plans are kept as fit', async (_what, characters, count) => {
  const size = 10_000;
  await serve(size);
  const documents = Array.from({ length: count }, (_, at) => documentOf(at, characters));
  for (const document of documents) expect(await plannings(document)).toBe(1);
  const kept = await keptOf(documents);
  expect(kept).toBeGreaterThan(0);
  expect(kept * characters).toBeLessThanOrEqual(size);
  // the shortest weigh something too, and there is no room for one more
  expect(kept).toBeLessThan(count);
  expect((kept + 1) * (characters + 300)).toBeGreaterThan(size);
});

test('what was pushed out is planned again, and then known again', async () => {
  await serve(2000);
  const documents = Array.from({ length: 10 }, (_, at) => documentOf(at, 500));
  for (const document of documents) await plannings(document);
  const [first = ''] = documents;
  expect([await plannings(first), await plannings(first)]).toEqual([1, 0]);
});

test('what is used goes on being known, whatever else comes and goes', async () => {
  await serve(2000);
  const used = documentOf(0, 500);
  expect(await plannings(used)).toBe(1);
  for (let at = 1; at <= 20; at += 1) {
    expect([await plannings(documentOf(at, 500)), await plannings(used)]).toEqual([1, 0]);
  }
});

test('a document that is larger than all the room there is, is answered, and pushes nothing out', async () => {
  await serve(1000);
  const small = documentOf(0, 100);
  await plannings(small);
  const large = documentOf(1, 5000);
  expect([await plannings(large), await plannings(large), await plannings(small)]).toEqual([1, 1, 0]);
});

test('by default there is room for half a million characters', async () => {
  await serve();
  const documents = Array.from({ length: 12 }, (_, at) => documentOf(at, 60_000));
  for (const document of documents) await plannings(document);
  expect(await keptOf(documents)).toBe(8);
});

describe('one document, asked for again and again', () => {
  const MB = 1_000_000;
  const names = Array.from({ length: 100 }, (_, at) => `Q${at}`);
  const many = names.map((name) => `query ${name} { ${'thing '.repeat(30)} }`).join(' ');

  test.each([
    ['by names that it has not', '{ thing }', names.map((name) => name.padEnd(MB / 4, 'x'))],
    ['by every one of its operations', many, names],
  ])('%s, leaves no more behind than once', async (_what, query, asked) => {
    const graph = new Graph(source.supergraphSdl, source.runners, 1000);
    const document = parse(query);
    const ask = (operationName: string | null) => graph.execute({ document, operationName });
    await ask(null);
    const before = heapUsed();
    for (const name of asked) await ask(name);
    expect(heapUsed() - before).toBeLessThan(5 * MB);
    expect(graph.plannedOperations).toBeLessThanOrEqual(1);
  });
});

/** Bytes in use when all that can be collected is collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}
