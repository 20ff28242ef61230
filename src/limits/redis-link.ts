import type { createClient } from '@redis/client';

const CONNECT_MS = 2_000;
/** Silence of Redis, to a question that is asked all the time, after which its connection is given up. */
const SILENCE_MS = 1_500;
const PING_MS = 500;
const LONGEST_PAUSE_MS = 1_000;
/** How long the start waits for it: a replica starts without Redis too. */
const START_MS = 2_000;

type RedisClient = ReturnType<typeof clientOf>;

export interface RedisLinkOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Told of what begins an absence, for the log. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * The connection to Redis, made again whenever it is lost. While it is away commands fail at once, and one that hangs
 * is noticed within two seconds: nothing waits for it.
 */
export class RedisLink {
  private readonly listeners: (() => void)[] = [];
  private told = false;
  private server: string | null = null;

  private constructor(
    readonly client: RedisClient,
    private readonly options: RedisLinkOptions,
  ) {
    const lost = (): void => {
      this.server = null;
    };
    for (const event of ['reconnecting', 'end']) this.client.on(event, lost);
    this.client.on('error', (fault: unknown) => {
      lost();
      if (!this.told) options.onFault(fault);
      this.told = true;
    });
    this.client.on('ready', () => {
      lost();
      void this.identify();
    });
  }

  /** Connects to nothing yet. A replica that shares no counts never loads the client, which is five hundred modules. */
  static async to(options: RedisLinkOptions): Promise<RedisLink> {
    const redis = await import('@redis/client');
    return new RedisLink(clientOf(redis.createClient, options.url), options);
  }

  get isReady(): boolean {
    return this.client.isReady && this.server !== null;
  }

  /** The `run_id` of the process that answers; null while none does. What another one knew may be of long ago. */
  get runId(): string | null {
    return this.client.isReady ? this.server : null;
  }

  /** Whenever it answers again, and at the start. */
  onReady(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Resolves when it answers, or after two seconds. */
  async open(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, START_MS);
    });
    const ready = new Promise<void>((resolve) => {
      this.onReady(resolve);
    });
    const failed = this.client.connect().then(() => ready, this.options.onFault);
    await Promise.race([failed, late]);
    clearTimeout(timer);
  }

  /** Each connection may be to another process, or to one that was given older data. */
  private async identify(): Promise<void> {
    try {
      const [, runId] = /^run_id:(\w+)/m.exec(await this.client.info('server')) ?? [];
      if (runId === undefined) throw new Error('Redis does not tell its run_id');
      this.server = runId;
    } catch (fault) {
      if (this.client.isReady) this.options.onFault(fault);
      return;
    }
    this.told = false;
    for (const listener of this.listeners) listener();
  }

  close(): void {
    this.client.destroy();
  }
}

function clientOf(create: typeof createClient, url: string) {
  return create({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries) => Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(retries, 5)),
    },
  });
}
