import { unwatchFile, watchFile } from 'node:fs';

import { type Gateway, GatewayError, type Runners, type SubgraphSdl } from '../gateway';
import { within } from '../waiting';
import { Assembler, type Assembly, type JoiningSubgraph } from './assemble';
import { type ConnectionOptions, Connections } from './connections';
import { type RemoteSubgraph, SubgraphsFileError } from './file';
import { gather, type Gathered } from './gather';
import { problemsOf, type Refusal, settle } from './settle';

/** Where what happens to the graph is told: a message, and what belongs to it. */
export interface GraphLog {
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}

export interface OperatorSubgraphsOptions extends Omit<ConnectionOptions, 'onFailure'> {
  /** The file that names them. */
  readonly file: string;
  /** Our subgraphs. */
  readonly own: readonly SubgraphSdl[];
  /** Those of ours that run in this process; one that the file names is asked where the file says. */
  readonly ownRunners: Runners;
  readonly gateway: Pick<Gateway, 'update'>;
  readonly log: GraphLog;
}

/** All that a reload waits for; then it is given up, and the next one begins anew. */
const RELOAD_MS = 60_000;
/** How often the file is looked at. */
const WATCH_MS = 500;

/**
 * The subgraphs that operators add to ours, joined while the graph is served: when their file changes, when asked to
 * by `reload`, and every few seconds, where one of them says something else of itself. What does not compose, cannot be
 * had, or would touch what is ours is refused and told, once; what is served goes on. Source: chapter 5.
 */
export class OperatorSubgraphs {
  private readonly assembler: Assembler;
  private readonly connections: Connections;
  private served = new Map<string, JoiningSubgraph>();
  private current = '';
  private propagated: ReadonlySet<string> = new Set();
  /** What the last reload was about, so that only what is new is told and composed. */
  private seen = '';
  private readonly away = new Set<string>();
  private running: Promise<void> | null = null;
  private again: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private pollMs = 10_000;
  private closed = false;
  private swaps = 0;
  private refusals = 0;
  private readonly onChange = (): void => void this.reload();

  constructor(private readonly options: OperatorSubgraphsOptions) {
    this.assembler = new Assembler(options.own);
    this.connections = new Connections({
      ...options,
      onFailure: (subgraph, failure) => {
        options.log.warn({ subgraph, err: failure }, 'a subgraph did not answer');
      },
    });
  }

  /**
   * Joins what can be joined, and looks after it from then on. A subgraph that cannot be had joins when it is there.
   * @throws SubgraphsFileError where the file is wrong: it is the operator's own, and to be mended first
   */
  async start(): Promise<void> {
    try {
      await this.load();
    } catch (error) {
      if (error instanceof SubgraphsFileError) throw error;
      this.tellOnce(error);
    }
    watchFile(this.options.file, { interval: WATCH_MS, persistent: false }, this.onChange);
    this.schedule();
  }

  /** Looks at everything now. One reload runs at a time; a reload that is asked for meanwhile comes after it. */
  reload(): Promise<void> {
    if (this.closed) return Promise.resolve();
    if (this.running === null) return (this.running = this.reloadNow());
    this.again ??= this.running.then(() => {
      this.again = null;
      return this.reload();
    });
    return this.again;
  }

  /** For metrics. */
  stats(): {
    readonly swaps: number;
    readonly refusals: number;
    readonly connections: ReturnType<Connections['stats']>;
  } {
    const { swaps, refusals } = this;
    return { swaps, refusals, connections: this.connections.stats() };
  }

  /** The headers of callers that any subgraph is sent, in small letters. */
  get propagatedHeaders(): ReadonlySet<string> {
    return this.propagated;
  }

  async stop(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    unwatchFile(this.options.file, this.onChange);
    await this.connections.close();
  }

  private async reloadNow(): Promise<void> {
    clearTimeout(this.timer);
    try {
      await this.load();
    } catch (error) {
      this.tellOnce(error);
    } finally {
      this.running = null;
      this.schedule();
    }
  }

  private async load(): Promise<void> {
    const { file, own } = this.options;
    const controller = new AbortController();
    const gathered = await within(RELOAD_MS, gather(file, own, controller.signal), () => {
      controller.abort();
      throw new Error('the reload took too long and was given up');
    });
    if (this.closed) return;
    this.pollMs = gathered.pollMs;
    this.tellAway(gathered);
    if (gathered.supergraphSdl === null) await this.join(gathered);
    else await this.takeOver(gathered.supergraphSdl);
  }

  private async join({ subgraphs }: Gathered): Promise<void> {
    // whoever is away keeps its place, as it was when it was last there
    const wanted = subgraphs.flatMap(({ remote, sdl }) => {
      const known = sdl ?? this.served.get(remote.name)?.sdl;
      return known === undefined ? [] : [{ remote, sdl: known }];
    });
    if (!this.isNew(JSON.stringify(wanted))) return;
    const settled = await settle(this.assembler, wanted, this.served);
    if (this.closed) return;
    this.tellRefused(settled.refused);
    if (settled.assembly === null || !(await this.swap(settled.assembly))) return;
    this.served = new Map(settled.joined.map((each) => [each.remote.name, each]));
  }

  private async takeOver(supergraphSdl: string): Promise<void> {
    if (!this.isNew(supergraphSdl)) return;
    const assembly = await this.attempt(() => this.assembler.takeOver(supergraphSdl));
    if (assembly !== null && (await this.swap(assembly))) this.served = new Map();
  }

  /** @returns whether it is served now */
  private async swap({ supergraphSdl, remotes }: Assembly): Promise<boolean> {
    const { ownRunners, gateway, log } = this.options;
    const next = JSON.stringify([supergraphSdl, remotes]);
    if (next === this.current) return true;
    const { runners, settle: settleConnections } = this.connections.next(remotes);
    const updated = await this.attempt(async () => {
      await gateway.update({ supergraphSdl, runners: { ...ownRunners, ...runners } });
      return true;
    });
    if (updated === null) return false;
    settleConnections();
    this.propagated = headersOf(remotes);
    this.current = next;
    this.swaps += 1;
    log.info(
      { subgraphs: remotes.map(({ name }) => name) },
      'serving a graph with these subgraphs of others',
    );
    return true;
  }

  private isNew(found: string): boolean {
    if (found === this.seen) return false;
    this.seen = found;
    return true;
  }

  /** Null where the gateway refuses it, which is told. */
  private async attempt<T>(work: () => Promise<T> | T): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.tellRefused([{ name: null, problems: problemsOf(error) }]);
      return null;
    }
  }

  private tellRefused(refused: readonly Refusal[]): void {
    for (const { name, problems } of refused) {
      this.refusals += 1;
      const about = { ...(name === null ? {} : { subgraph: name }), problems };
      this.options.log.error(about, 'a change of the graph was refused; what was served goes on');
    }
  }

  /** Who went away, and who came back, since the last look. */
  private tellAway({ subgraphs }: Gathered): void {
    for (const { remote, fault } of subgraphs) {
      const { name } = remote;
      if (fault === null) {
        if (this.away.delete(name))
          this.options.log.info({ subgraph: name }, 'a subgraph tells its SDL again');
      } else if (!this.away.has(name)) {
        this.away.add(name);
        const known = this.served.has(name) ? 'its last one stays' : 'it joins when it does';
        this.options.log.warn({ subgraph: name, fault }, `a subgraph does not tell its SDL; ${known}`);
      }
    }
  }

  /** The same fault of a file is told once, and once more after it was mended. */
  private tellOnce(error: unknown): void {
    const fault = String(error);
    if (!this.isNew(fault)) return;
    this.refusals += 1;
    const problems = error instanceof SubgraphsFileError ? error.problems : [fault];
    this.options.log.error({ problems }, 'the subgraphs could not be loaded; what was served goes on');
  }

  private schedule(): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onChange, this.pollMs).unref();
  }
}

/** Those that operators name, and the trace that a request may come with. */
function headersOf(remotes: readonly RemoteSubgraph[]): ReadonlySet<string> {
  if (remotes.length === 0) return new Set();
  return new Set(['traceparent', ...remotes.flatMap(({ propagateHeaders }) => propagateHeaders)]);
}
