import { parse } from 'graphql';

import { overHttp } from '../gateway';
import type { RemoteSubgraph } from './file';

const QUERY = '{ _service { sdl } }';
const DOCUMENT = parse(QUERY);
/** An SDL is no longer than all of ours together, ten times over. */
const MAX_BYTES = 4 * 2 ** 20;

/**
 * Asks a subgraph for its SDL, on a connection of its own: its breaker and its numbers are those of callers' requests.
 * @throws Error that says nothing of the address
 */
export async function fetchSdl(
  remote: RemoteSubgraph,
  requestId: string,
  signal: AbortSignal,
): Promise<string> {
  const { name, url, timeoutMs } = remote;
  const run = overHttp({
    name,
    url,
    timeoutMs,
    connections: 1,
    maxAnswerBytes: MAX_BYTES,
    headers: () => ({ 'x-request-id': requestId }),
  });
  try {
    const { data, errors } = await run({
      document: DOCUMENT,
      query: QUERY,
      operationKind: 'query',
      operationName: undefined,
      variables: {},
      context: null,
      signal,
    });
    const sdl = (data?.['_service'] as { readonly sdl?: unknown } | null | undefined)?.sdl;
    if (typeof sdl === 'string' && sdl !== '') return sdl;
    throw new Error(errors?.[0]?.message ?? 'It does not tell its SDL.');
  } finally {
    void run.close();
  }
}
