import { GraphQLError } from 'graphql';

import {
  assertServable,
  compose,
  GatewayError,
  publicSchema,
  subgraphsOf,
  type SubgraphSdl,
} from '../gateway';
import { DEFAULT_RETRIES, DEFAULT_TIMEOUT_MS, type RemoteSubgraph, whyNoUrl } from './file';
import { trespasses } from './ownership';

/** A subgraph that is reached over HTTP, and its SDL. */
export interface JoiningSubgraph {
  readonly remote: RemoteSubgraph;
  readonly sdl: string;
}

/** A graph that may be served. */
export interface Assembly {
  readonly supergraphSdl: string;
  /** Who is reached over HTTP in it. */
  readonly remotes: readonly RemoteSubgraph[];
}

/** Makes one graph of our subgraphs and those of others, and lets nobody answer for us in it. */
export class Assembler {
  /** The supergraph of our subgraphs alone. */
  readonly alone: string;
  private readonly names: ReadonlySet<string>;

  /** @param own our subgraphs */
  constructor(private readonly own: readonly SubgraphSdl[]) {
    this.alone = compose(own);
    this.names = new Set(own.map(({ name }) => name));
  }

  /**
   * Composes ours with theirs. One that has a name of ours is ours, served elsewhere.
   * @throws GatewayError `COMPOSITION_FAILED` with the composer's errors, or with what they would do to ours;
   *   `INVALID_SUPERGRAPH` where the gateway could not serve it
   */
  async compose(theirs: readonly JoiningSubgraph[]): Promise<Assembly> {
    const urls = new Map(theirs.map(({ remote }) => [remote.name, remote.url]));
    const subgraphs = [
      ...this.own.map(({ name, sdl }) => ({ name, sdl, ...urlOf(urls.get(name)) })),
      ...theirs
        .filter(({ remote }) => !this.names.has(remote.name))
        .map(({ remote, sdl }) => ({ name: remote.name, sdl, url: remote.url })),
    ];
    const supergraphSdl = compose(subgraphs);
    // now, while it is known who joins; and before its field sets are taken for such
    await assertServable(supergraphSdl);
    this.assertOurs(supergraphSdl);
    return { supergraphSdl, remotes: theirs.map(({ remote }) => remote) };
  }

  /**
   * Takes a supergraph that was composed elsewhere: ours must be in it as they are, and it says where the others are.
   * @throws GatewayError `INVALID_SUPERGRAPH` or `COMPOSITION_FAILED`
   */
  async takeOver(supergraphSdl: string): Promise<Assembly> {
    const urls = this.urlsOf(supergraphSdl);
    await assertServable(supergraphSdl);
    this.assertOurs(supergraphSdl);
    const others = [...urls].filter(([name]) => !this.names.has(name));
    const problems = others.flatMap(([name, url]) => {
      const problem = whyNoUrl(url);
      return problem === null ? [] : [`[${name}] Its url ${problem}.`];
    });
    if (problems.length > 0) {
      throw new GatewayError(
        'INVALID_SUPERGRAPH',
        'The supergraph does not say where its subgraphs are.',
        problems,
      );
    }
    return { supergraphSdl, remotes: others.map(([name, url]) => ({ name, url, ...UNSAID })) };
  }

  private urlsOf(supergraphSdl: string): ReadonlyMap<string, string> {
    try {
      const urls = subgraphsOf(supergraphSdl);
      publicSchema(supergraphSdl);
      const missing = [...this.names].filter((name) => !urls.has(name));
      if (missing.length === 0) return urls;
      throw new GatewayError(
        'INVALID_SUPERGRAPH',
        'The supergraph is without subgraphs of ours.',
        missing.map((name) => `[${name}] It is missing.`),
      );
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause;
      const reason = cause instanceof GraphQLError ? cause.toString() : String(cause);
      throw new GatewayError('INVALID_SUPERGRAPH', 'The supergraph is none.', [reason], { cause });
    }
  }

  private assertOurs(supergraphSdl: string): void {
    const found = trespasses(this.alone, supergraphSdl, this.names);
    if (found.length > 0) {
      throw new GatewayError('COMPOSITION_FAILED', 'The subgraphs would change what is ours.', found);
    }
  }
}

/** A supergraph says where a subgraph is, and nothing of how it is asked. */
const UNSAID = {
  propagateHeaders: [],
  timeoutMs: DEFAULT_TIMEOUT_MS,
  retries: DEFAULT_RETRIES,
  schema: null,
} as const;

function urlOf(url: string | undefined): { readonly url?: string } {
  return url === undefined ? {} : { url };
}
