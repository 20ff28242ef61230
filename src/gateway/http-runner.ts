import { Pool } from 'undici';
import type { Runner, SubgraphRequest, SubgraphResult } from './types';

type Headers = Readonly<Record<string, string>>;

export interface HttpRunnerOptions {
  /** Of the subgraph, which its errors name. */
  readonly name: string;
  /** `http://127.0.0.1:4101/graphql`. */
  readonly url: string;
  /** Headers to send beside those that the protocol needs; asked once for each request. */
  readonly headers?: (request: SubgraphRequest) => Promise<Headers> | Headers;
  /** Milliseconds that a request has to the last byte of its answer. */
  readonly timeoutMs: number;
}

/** A `Runner` that asks a subgraph elsewhere. */
export type HttpRunner = Runner & {
  /** Closes the connections once what is under way has ended. */
  close(): Promise<void>;
};

/** Runs a subgraph over HTTP, by pooled connections and with a deadline. */
export function overHttp({ url, headers, timeoutMs }: HttpRunnerOptions): HttpRunner {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { pipelining: 1 });
  const run = async (request: SubgraphRequest): Promise<SubgraphResult> => {
    const { query, operationName, variables, signal } = request;
    const late = AbortSignal.timeout(timeoutMs);
    const { body } = await pool.request({
      path: pathname + search,
      method: 'POST',
      headers: { ...(await headers?.(request)), 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName, variables }),
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
    return (await body.json()) as SubgraphResult;
  };
  return Object.assign(run, { close: () => pool.close() });
}
