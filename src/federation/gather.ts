import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { SubgraphSdl } from '../gateway';
import { fetchSdl } from './fetch-sdl';
import { readSubgraphsFile, type RemoteSubgraph, SubgraphsFileError } from './file';

/** A subgraph of the file, and what it is made of. */
export interface GatheredSubgraph {
  readonly remote: RemoteSubgraph;
  /** Null where it cannot be had. */
  readonly sdl: string | null;
  /** Why it cannot. */
  readonly fault: string | null;
}

export interface Gathered {
  readonly pollMs: number;
  readonly subgraphs: readonly GatheredSubgraph[];
  /** The supergraph that was composed elsewhere; null where the subgraphs are to be composed here. */
  readonly supergraphSdl: string | null;
}

/**
 * Reads the file, and asks every subgraph in it for its SDL that has none there. A subgraph of ours that is served
 * elsewhere has the SDL that it has here.
 * @throws SubgraphsFileError where the file, or a supergraph that it names, cannot be read
 */
export async function gather(
  path: string,
  own: readonly SubgraphSdl[],
  signal: AbortSignal,
): Promise<Gathered> {
  const { pollMs, subgraphs, supergraph } = await readSubgraphsFile(path);
  return {
    pollMs,
    subgraphs: await Promise.all(subgraphs.map((remote) => gatherOne(remote, own, signal))),
    supergraphSdl: supergraph === null ? null : await readSupergraph(supergraph),
  };
}

async function gatherOne(
  remote: RemoteSubgraph,
  own: readonly SubgraphSdl[],
  signal: AbortSignal,
): Promise<GatheredSubgraph> {
  const ours = own.find(({ name }) => name === remote.name);
  if (ours !== undefined) return { remote, sdl: ours.sdl, fault: null };
  try {
    const sdl =
      remote.schema === null
        ? await fetchSdl(remote, randomUUID(), signal)
        : await readFile(remote.schema, 'utf8');
    return { remote, sdl, fault: null };
  } catch (error) {
    return { remote, sdl: null, fault: whatIsWrong(error) };
  }
}

async function readSupergraph(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SubgraphsFileError([`supergraph: cannot be read: ${whatIsWrong(error)}`]);
  }
}

function whatIsWrong(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `its schema cannot be read: ${code}`;
}
