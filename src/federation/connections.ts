import {
  HttpCounts,
  type HttpFailure,
  type HttpRunner,
  overHttp,
  type Runner,
  type SubgraphRequest,
} from '../gateway';
import type { RemoteSubgraph } from './file';

type Headers = Readonly<Record<string, string>>;

export interface ConnectionOptions {
  /** What a request to a subgraph says beside the operation. */
  readonly headers: (remote: RemoteSubgraph, request: SubgraphRequest) => Promise<Headers> | Headers;
  /** Looks on at the requests to a subgraph. */
  readonly watched: (name: string, run: Runner) => Runner;
  readonly onFailure: (name: string, failure: HttpFailure) => void;
}

interface Connection {
  readonly key: string;
  readonly http: HttpRunner;
  readonly run: Runner;
}

/**
 * The connections to the subgraphs of the graph that is served. A swap leaves those as they are that are reached as
 * before: their pools, and what their breakers know.
 */
export class Connections {
  private open = new Map<string, Connection>();
  /** By name, since the start: a subgraph that moves, or comes back, goes on counting. */
  private readonly counts = new Map<string, HttpCounts>();

  constructor(private readonly options: ConnectionOptions) {}

  /**
   * Runners for the next graph, by name. Those of the one before go on until `settle`.
   * @returns also `settle`, which closes what the next graph does without
   */
  next(remotes: readonly RemoteSubgraph[]): {
    readonly runners: Readonly<Record<string, Runner>>;
    readonly settle: () => void;
  } {
    const next = new Map(remotes.map((remote) => [remote.name, this.connectionTo(remote)]));
    return {
      runners: Object.fromEntries([...next].map(([name, { run }]) => [name, run])),
      settle: () => {
        const kept = new Set(next.values());
        const left = [...this.open.values()].filter((connection) => !kept.has(connection));
        this.open = next;
        // requests of the graph before may still come, and are sent all the same
        for (const { http } of left) void http.close();
      },
    };
  }

  /** By name, for metrics. */
  stats(): ReadonlyMap<string, ReturnType<HttpRunner['stats']>> {
    return new Map([...this.open].map(([name, { http }]) => [name, http.stats()]));
  }

  /** Once what is under way has ended. */
  async close(): Promise<void> {
    await Promise.all([...this.open.values()].map(({ http }) => http.close()));
  }

  private connectionTo(remote: RemoteSubgraph): Connection {
    const { name, url, timeoutMs, retries } = remote;
    const key = JSON.stringify({ ...remote, schema: null });
    const known = this.open.get(name);
    if (known?.key === key) return known;
    const { headers, watched, onFailure } = this.options;
    const http = overHttp({
      name,
      url,
      timeoutMs,
      retries,
      counts: this.countsOf(name),
      headers: (request) => headers(remote, request),
      onFailure: (failure) => {
        onFailure(name, failure);
      },
    });
    return { key, http, run: watched(name, http) };
  }

  private countsOf(name: string): HttpCounts {
    const counts = this.counts.get(name) ?? new HttpCounts();
    this.counts.set(name, counts);
    return counts;
  }
}
