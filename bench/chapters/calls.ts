import { Child } from '../tools/child';
import {
  bottleneckNote,
  compare,
  cpuRow,
  latencyRow,
  type Side,
  slowerPerSecond,
  throughputRow,
} from '../tools/compare';
import { openMarketplace } from '../tools/marketplace';
import type { Section } from '../tools/report';
import { requestText } from '../tools/request';

const PATH = '/v1/algo/owner/cells/1.2';
const INPUT = JSON.stringify({
  image: 'https://images.example/slides/000042.png',
  stain: 'H&E',
  threshold: 0.35,
});
const CONNECTIONS = 64;

/** The call path of a whole replica against the fastest bare proxy. Source: chapter 4, "Speed". */
export async function calls(): Promise<Section> {
  const { replica, url, port, backendUrl, secret, load } = await openMarketplace();
  const proxy = Child.start('servers/bare-proxy', 'server');
  const proxyPort = await proxy.ask<number>('start', backendUrl);
  const headers = { Authorization: `Simple ${secret}`, 'Content-Type': 'application/json' };
  const request = requestText('POST', PATH, headers, INPUT);
  await assertSameResult(url, `http://127.0.0.1:${proxyPort}`, headers);

  const ours: Side = { server: replica, port, request };
  const theirs: Side = { server: proxy, port: proxyPort, request };
  const full = await compare(load, ours, theirs, {
    rounds: 16,
    milliseconds: 1_000,
    connections: CONNECTIONS,
    rate: null,
  });
  const half = Math.round(slowerPerSecond(full) / 2);
  const paced = await compare(load, ours, theirs, {
    rounds: 5,
    milliseconds: 2_000,
    connections: CONNECTIONS,
    rate: half,
  });
  return {
    title: 'Calls',
    rows: [
      throughputRow(`calls a second, ${CONNECTIONS} connections`, full, 0.8),
      cpuRow('processor time of a call', full),
      latencyRow(`p50 at ${half} calls a second, half of what the slower one can`, paced, 1),
      latencyRow(`p50 with ${CONNECTIONS} callers, both saturated`, full, 1),
    ],
    notes: [
      `\`POST ${PATH}\` with an API key and ${INPUT.length} bytes of JSON on a whole replica (authentication, resolution among 100 versions, authorisation, records in the journal and in SQLite) against \`node:http\` with \`undici\`'s \`dispatch\` and a handler behind, the result wrapped. Each is one process bound to one core, its garbage collection included; backend and load generator have the other.`,
      bottleneckNote(full),
      `Saturated, ${CONNECTIONS} callers always wait, and p50 is their number by the throughput: it says nothing that the first row does not say.`,
    ],
  };
}

async function assertSameResult(
  ours: string,
  theirs: string,
  headers: Record<string, string>,
): Promise<void> {
  const results = await Promise.all(
    [ours, theirs].map(async (origin) => {
      const response = await fetch(`${origin}${PATH}`, { method: 'POST', headers, body: INPUT });
      const { result } = (await response.json()) as { result?: unknown };
      return JSON.stringify(result);
    }),
  );
  if (results[0] === undefined || results[0] !== results[1]) {
    throw new Error(`the two sides answer differently: ${results.join(' and ')}`);
  }
}
