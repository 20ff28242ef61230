import { Child } from '../tools/child';
import { bottleneckNote, compare, cpuRow, throughputRow } from '../tools/compare';
import { openMarketplace } from '../tools/marketplace';
import type { Section } from '../tools/report';
import { requestText } from '../tools/request';

const PATH = '/v1/resolve/owner/cells/1.2';
const PLAN = { rounds: 12, milliseconds: 800, connections: 64, rate: null };

/** `GET /v1/resolve` against a Fastify route that sends as many bytes. Source: chapter 9, "Benchmarks". */
export async function resolve(): Promise<Section> {
  const { replica, url, port, secret, load } = await openMarketplace();
  const response = await fetch(`${url}${PATH}`);
  const body = await response.text();
  if (response.status !== 200) throw new Error(`the resolution was refused: ${body}`);
  const bare = Child.start('servers/bare-fastify', 'server');
  const barePort = await bare.ask<number>('start', { path: PATH, body });

  const against = (headers: Record<string, string>, query = '') => {
    const request = requestText('GET', `${PATH}${query}`, headers);
    return compare(load, { server: replica, port, request }, { server: bare, port: barePort, request }, PLAN);
  };
  const anonymous = await against({});
  const signedIn = await against({ Authorization: `Bearer ${secret}` });
  const receipts = await against({}, '?receipt=true');
  return {
    title: 'Resolutions over HTTP',
    rows: [
      throughputRow('resolutions a second, anonymous', anonymous, 0.7),
      cpuRow('processor time of one', anonymous),
      throughputRow('resolutions a second, with an API key', signedIn, 0.7),
      cpuRow('processor time of one', signedIn),
      cpuRow('processor time of one with a receipt, anonymous', receipts),
    ],
    notes: [
      `\`GET ${PATH}\`, ${body.length} bytes of JSON, against a bare Fastify route that sends the same text, ${PLAN.connections} connections.`,
      bottleneckNote(anonymous),
    ],
  };
}
