import { LRUCache } from 'lru-cache';
import { buildConnector, Pool, type Dispatcher } from 'undici';
import { AlgogateError } from '../domain/errors';
import { defaultPort, type BackendAddressGuard } from './address-guard';
import { Breaker, type BreakerState, type Passage } from '../breaker';
import type { CallSettings } from './settings';

type BackendSettings = Pick<
  CallSettings,
  | 'connectionsPerBackend'
  | 'queuePerBackend'
  | 'maxBackends'
  | 'connectTimeoutMs'
  | 'breakerFailures'
  | 'breakerOpenMs'
>;

/** Headers of a backend's answer: 16 KiB of captured output (`X-Algogate-Stdout`) and the usual rest. */
const MAX_HEADER_BYTES = 32 * 1024;

/** Backend URLs whose parts are remembered. */
const REMEMBERED_URLS = 20_000;

interface BackendAddress {
  readonly origin: string;
  /** Path and query of the build's URL. */
  readonly path: string;
}

/** The connections to one backend origin, and how it has been doing. */
export class BackendOrigin {
  readonly breaker: Breaker;
  /** Calls that hold or wait for a connection. */
  active = 0;
  lastUsed = 0;

  constructor(
    readonly pool: Pool,
    settings: BackendSettings,
  ) {
    this.breaker = new Breaker(settings);
  }
}

/** A place to send one call to. The holder counts itself in `origin.active` and owes the breaker an outcome. */
export interface Backend {
  readonly origin: BackendOrigin;
  readonly passage: Passage;
  readonly path: string;
}

/** How all backend origins are doing, without their names. */
export interface BackendTotals {
  readonly origins: number;
  readonly breakers: Readonly<Record<BreakerState, number>>;
  readonly connections: number;
  /** Those of them that no call holds. */
  readonly free: number;
  /** Calls that wait for a connection. */
  readonly queued: number;
}

/** The pools of connections, one per backend origin: bounded, kept alive, guarded, each behind its breaker. */
export class Backends {
  private readonly origins = new Map<string, BackendOrigin>();
  private readonly addresses = new LRUCache<string, BackendAddress>({ max: REMEMBERED_URLS });

  constructor(
    private readonly guard: BackendAddressGuard,
    private readonly settings: BackendSettings,
  ) {}

  /**
   * Takes a place for one call.
   * @param url the build's backend URL
   * @throws AlgogateError BACKEND_UNAVAILABLE where the breaker is open or the address is not to be called,
   *   UNAVAILABLE where too many calls wait for this backend, or for backends at all
   */
  enter(url: string): Backend {
    const address = this.addresses.get(url) ?? this.parse(url);
    const origin = this.origins.get(address.origin) ?? this.open(address.origin);
    if (origin.active >= this.settings.connectionsPerBackend + this.settings.queuePerBackend) {
      throw new AlgogateError('UNAVAILABLE', 'too many calls are waiting for this algorithm');
    }
    const passage = origin.breaker.enter();
    if (passage === null) throw unreachable();
    origin.active += 1;
    origin.lastUsed = Date.now();
    return { origin, passage, path: address.path };
  }

  /** For the metrics: every origin with its breaker's state and its calls. */
  states(): { origin: string; breaker: BreakerState; active: number }[] {
    return [...this.origins].map(([origin, { breaker, active }]) => ({
      origin,
      breaker: breaker.state,
      active,
    }));
  }

  /** For the metrics: all origins together. */
  totals(): BackendTotals {
    const breakers = { closed: 0, open: 0, 'half-open': 0 };
    let [connections, free, queued] = [0, 0, 0];
    for (const { breaker, pool } of this.origins.values()) {
      breakers[breaker.state] += 1;
      const { stats } = pool;
      connections += stats.connected;
      free += stats.free;
      queued += stats.pending;
    }
    return { origins: this.origins.size, breakers, connections, free, queued };
  }

  /** Cuts every connection; calls under way end as broken off. */
  async close(): Promise<void> {
    const pools = [...this.origins.values()].map(({ pool }) => pool.destroy());
    this.origins.clear();
    await Promise.all(pools);
  }

  private parse(url: string): BackendAddress {
    try {
      this.guard.check(url);
    } catch {
      throw unreachable(); // the caller is not the one who gave the address
    }
    const { origin, pathname, search } = new URL(url);
    const address = { origin, path: pathname + search };
    this.addresses.set(url, address);
    return address;
  }

  private open(origin: string): BackendOrigin {
    if (this.origins.size >= this.settings.maxBackends) this.evict();
    const opened = new BackendOrigin(this.connect(origin), this.settings);
    this.origins.set(origin, opened);
    return opened;
  }

  private connect(origin: string): Pool {
    const { hostname, port, protocol } = new URL(origin);
    const portNumber = port === '' ? defaultPort(protocol) : Number(port);
    const connect = buildConnector({
      timeout: this.settings.connectTimeoutMs,
      lookup: this.guard.lookup(portNumber),
    });
    return new Pool(origin, {
      connections: this.settings.connectionsPerBackend,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: 0, // the deadline of the call bounds both
      bodyTimeout: 0,
      connect: (options, callback) => {
        try {
          this.guard.checkHost(hostname, portNumber); // addresses in the URL itself are never looked up
        } catch (error) {
          queueMicrotask(() => {
            callback(error as Error, null);
          });
          return;
        }
        connect(options, callback);
      },
    });
  }

  /** Makes room: the origin that has been idle for longest goes. */
  private evict(): void {
    let oldest: [string, BackendOrigin] | undefined;
    for (const entry of this.origins) {
      if (entry[1].active === 0 && (oldest === undefined || entry[1].lastUsed < oldest[1].lastUsed))
        oldest = entry;
    }
    if (oldest === undefined)
      throw new AlgogateError('UNAVAILABLE', 'calls are under way to too many backends');
    this.origins.delete(oldest[0]);
    void oldest[1].pool.destroy();
  }
}

export type DispatchHandler = Dispatcher.DispatchHandler;

/** The one thing that callers learn of a backend that cannot be reached. */
export function unreachable(): AlgogateError {
  return new AlgogateError('BACKEND_UNAVAILABLE', 'the backend of the algorithm cannot be reached');
}
