import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentNode } from 'graphql';
import { Pool } from 'undici';
import { Breaker, type BreakerState } from '../breaker';
import { keepAskedFor } from './asked-for';
import { Deadline } from './deadline';
import { GatewayError } from './errors';
import { ACCEPTED, isUnavailable, readAnswer } from './http-answer';
import { exchange } from './http-exchange';
import { HttpCounts } from './http-counts';
import { HttpFailure, type HttpFailureKind } from './http-failure';
import type { Runner, SubgraphRequest, SubgraphResult } from './types';

type Headers = Readonly<Record<string, string>>;

export interface HttpRunnerOptions {
  /** Of the subgraph, which its errors name. */
  readonly name: string;
  /** `http://127.0.0.1:4101/graphql`; no error tells it. */
  readonly url: string;
  /** Headers to send beside those that the protocol needs; asked once for each request. */
  readonly headers?: (request: SubgraphRequest) => Promise<Headers> | Headers;
  /** Milliseconds that a request has to the last byte of its answer, with its retries and all that it waits for. */
  readonly timeoutMs: number;
  /** How often a query that failed for a reason that may pass is sent again. Mutations never are. Default 0. */
  readonly retries?: number;
  /** Bytes of an answer at the most. Default 15 MiB. */
  readonly maxAnswerBytes?: number;
  /** Connections at the most. Default 32. */
  readonly connections?: number;
  /** Requests at the most that wait for one. Default 1,024. */
  readonly queue?: number;
  /** Failures in a row that open the circuit breaker. Default 5. */
  readonly breakerFailures?: number;
  /** Milliseconds from its opening to the next trial. Default 2,000. */
  readonly breakerOpenMs?: number;
  /** Told why a request failed, for a log; not of what an open breaker refused, which says nothing new. */
  readonly onFailure?: (failure: HttpFailure) => void;
  /** Where it counts, so that the runner after it goes on with that. */
  readonly counts?: HttpCounts;
}

/** How a subgraph is doing, for metrics. */
export interface HttpRunnerStats {
  readonly breaker: BreakerState;
  readonly connections: number;
  /** Those of them that no request holds. */
  readonly free: number;
  /** Requests that wait for a connection. */
  readonly queued: number;
  /** Requests that are under way, those that wait for a connection or for their next attempt included. */
  readonly inFlight: number;
  /** Since the start: requests of the gateway, what was sent again, and those that failed, by their reason. */
  readonly requests: number;
  readonly retries: number;
  readonly failures: ReadonlyMap<HttpFailureKind, number>;
}

/** A `Runner` that asks a subgraph elsewhere. */
export type HttpRunner = Runner & {
  stats(): HttpRunnerStats;
  /** Closes the connections once what is under way has ended. What still comes then is sent on new ones. */
  close(): Promise<void>;
};

const DEFAULTS = {
  retries: 0,
  maxAnswerBytes: 15 * 2 ** 20,
  connections: 32,
  queue: 1024,
  breakerFailures: 5,
  breakerOpenMs: 2000,
};

/** The middle of the pause before the first retry, in milliseconds; each later one is twice as long. */
const PAUSE_MS = 40;
/** Connections that nobody uses are closed after it, or earlier where the subgraph says so. */
const KEEP_ALIVE_MAX_MS = 60_000;

/**
 * Runs a subgraph over HTTP: pooled connections, a deadline, retries of queries, a circuit breaker. Whatever keeps it
 * from a GraphQL response is an error that names the subgraph and not its address; errors that the subgraph gives
 * keep their message and extensions, and name it in `extensions.subgraph`.
 * @throws GatewayError `INVALID_SUBGRAPH` where the URL is not one of HTTP, or carries a credential
 */
export function overHttp(options: HttpRunnerOptions): HttpRunner {
  const subgraph = new HttpSubgraph({ ...DEFAULTS, ...options });
  return Object.assign((request: SubgraphRequest) => subgraph.run(request), {
    stats: () => subgraph.stats(),
    close: () => subgraph.close(),
  });
}

class HttpSubgraph {
  private readonly breaker: Breaker;
  private readonly url: URL;
  private pool: Pool | null = null;
  private active = 0;
  private readonly counts: HttpCounts;

  constructor(private readonly options: HttpRunnerOptions & typeof DEFAULTS) {
    this.url = checkedUrl(options);
    this.breaker = new Breaker(options);
    this.counts = options.counts ?? new HttpCounts();
  }

  async run(request: SubgraphRequest): Promise<SubgraphResult> {
    const { timeoutMs, connections, queue } = this.options;
    this.counts.requests += 1;
    this.active += 1;
    const deadline = new Deadline(timeoutMs, request.signal);
    try {
      if (this.active > connections + queue) throw new HttpFailure('busy');
      return await this.send(request, deadline);
    } catch (error) {
      throw this.told(error);
    } finally {
      deadline.end();
      this.active -= 1;
    }
  }

  stats(): HttpRunnerStats {
    const { connected = 0, free = 0, pending = 0 } = this.pool?.stats ?? {};
    const { requests, retries, failures } = this.counts;
    const breaker = this.breaker.state;
    const pool = { connections: connected, free, queued: pending, inFlight: this.active };
    return { breaker, ...pool, requests, retries, failures };
  }

  async close(): Promise<void> {
    const { pool } = this;
    this.pool = null;
    await pool?.close();
  }

  /** Sends it as often as it may be sent. */
  private async send(request: SubgraphRequest, deadline: Deadline): Promise<SubgraphResult> {
    const { query, operationName, variables } = request;
    const body = JSON.stringify({ query, operationName, variables });
    const headers = await this.headersOf(request, deadline);
    let left = request.operationKind === 'query' ? this.options.retries : 0;
    for (let wait = PAUSE_MS; ; wait *= 2, left -= 1) {
      try {
        return await this.attempt(request.document, body, headers, deadline, left > 0);
      } catch (error) {
        if (left <= 0 || !(error instanceof HttpFailure && error.isTransient)) throw error;
      }
      // whoever failed together does not come back together
      await deadline.bound(pause(wait * (0.5 + Math.random()), undefined, { ref: false }));
      this.counts.retries += 1;
    }
  }

  /** @param again whether it will be sent again if the subgraph says that it is not available */
  private async attempt(
    document: DocumentNode,
    body: string,
    headers: Headers,
    { signal }: Deadline,
    again: boolean,
  ): Promise<SubgraphResult> {
    const passage = this.breaker.enter();
    if (passage === null) throw new HttpFailure('open');
    try {
      const { name, maxAnswerBytes: maxBytes } = this.options;
      const path = this.url.pathname + this.url.search;
      const answer = await exchange(this.connected(), { path, headers, body, maxBytes, signal });
      if (again && isUnavailable(answer.status)) throw new HttpFailure('unavailable');
      const result = readAnswer(name, answer);
      if (result.data) keepAskedFor(result.data, document);
      if (isUnavailable(answer.status)) this.breaker.fail(passage);
      else this.breaker.succeed(passage);
      return result;
    } catch (error) {
      if (!(error instanceof HttpFailure) || error.kind === 'aborted') this.breaker.abandon(passage);
      else if (error.isDamning) this.breaker.fail(passage);
      else this.breaker.succeed(passage);
      throw error;
    }
  }

  private async headersOf(request: SubgraphRequest, deadline: Deadline): Promise<Headers> {
    const { headers } = this.options;
    try {
      const given = headers === undefined ? {} : await deadline.bound(headers(request));
      return {
        ...given,
        accept: ACCEPTED,
        'accept-encoding': 'identity',
        'content-type': 'application/json',
      };
    } catch (cause) {
      throw cause instanceof HttpFailure ? cause : new HttpFailure('unsent', undefined, { cause });
    }
  }

  private connected(): Pool {
    return (this.pool ??= new Pool(this.url.origin, {
      connections: this.options.connections,
      pipelining: 1,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      connect: { timeout: this.options.timeoutMs },
      headersTimeout: 0, // the deadline bounds both
      bodyTimeout: 0,
    }));
  }

  private told(error: unknown): unknown {
    if (!(error instanceof HttpFailure)) return error;
    this.counts.fail(error.kind);
    if (error.kind !== 'open' && error.kind !== 'aborted') this.options.onFailure?.(error);
    return error;
  }
}

function checkedUrl({ name, url }: HttpRunnerOptions): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new GatewayError('INVALID_SUBGRAPH', `The URL of the subgraph "${name}" is not one of HTTP.`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new GatewayError('INVALID_SUBGRAPH', `The URL of the subgraph "${name}" carries a credential.`);
  }
  return parsed;
}
