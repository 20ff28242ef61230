import { Child } from '../tools/child';
import { bottleneckNote, compare, cpuRow, throughputRow } from '../tools/compare';
import { openMarketplace } from '../tools/marketplace';
import type { Section } from '../tools/report';
import { requestText } from '../tools/request';

const QUERY = '{ version(ref: "owner/cells/1.2.9") { ref version publishedAt } }';

/** The gateway over an embedded subgraph against Apollo Server on that subgraph. Source: chapter 5, "Speed". */
export async function graphql(): Promise<Section> {
  const { replica, variables, url, port, secret, load } = await openMarketplace();
  const plain = Child.start('servers/plain-apollo', 'server');
  const plainPort = await plain.ask<number>('start', variables);
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` };
  const body = JSON.stringify({ query: QUERY });
  await assertSameAnswer([url, `http://127.0.0.1:${plainPort}`], headers, body);

  const request = requestText('POST', '/graphql', headers, body);
  const compared = await compare(
    load,
    { server: replica, port, request },
    { server: plain, port: plainPort, request },
    { rounds: 14, milliseconds: 1_200, connections: 32, rate: null },
  );
  return {
    title: 'GraphQL',
    rows: [
      throughputRow('queries a second that touch one subgraph', compared, 0.9),
      cpuRow('processor time of a query', compared),
    ],
    notes: [
      `\`${QUERY}\` through the federated graph (limits, plan, execution, projection) against a plain Apollo Server 5 with the schema and the resolvers of the registry subgraph on the same database, both behind Fastify, with an API key; 32 connections. The query reads its rows from SQLite on either side.`,
      bottleneckNote(compared),
    ],
  };
}

async function assertSameAnswer(
  origins: readonly string[],
  headers: Record<string, string>,
  body: string,
): Promise<void> {
  const answers = await Promise.all(
    origins.map(async (origin) => {
      const response = await fetch(`${origin}/graphql`, { method: 'POST', headers, body });
      return JSON.stringify(((await response.json()) as { data?: unknown }).data);
    }),
  );
  if (answers[0] === undefined || answers[0] !== answers[1]) {
    throw new Error(`the two sides answer differently: ${answers.join(' and ')}`);
  }
}
