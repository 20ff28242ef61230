import { GatewayError, type SubgraphSdl } from '../gateway';
import { Assembler } from './assemble';
import { gather } from './gather';
import { problemsOf } from './settle';

/** A supergraph, or all that keeps it from being one. */
export type Composition =
  | { readonly supergraphSdl: string; readonly problems: readonly [] }
  | { readonly supergraphSdl: null; readonly problems: readonly string[] };

/**
 * Composes our subgraphs with those of the file, and serves nothing: for CI, and before a deployment. Whoever has no
 * SDL in a file is asked for it.
 * @param file null: our subgraphs alone
 * @throws SubgraphsFileError where the file is wrong
 */
export async function composeOnce(file: string | null, own: readonly SubgraphSdl[]): Promise<Composition> {
  const assembler = new Assembler(own);
  if (file === null) return { supergraphSdl: assembler.alone, problems: [] };
  const { subgraphs, supergraphSdl } = await gather(file, own, new AbortController().signal);
  const faults = subgraphs.flatMap(({ remote, fault }) =>
    fault === null ? [] : [`[${remote.name}] does not tell its SDL: ${fault}`],
  );
  if (faults.length > 0) return { supergraphSdl: null, problems: faults };
  try {
    const joining = subgraphs.flatMap(({ remote, sdl }) => (sdl === null ? [] : [{ remote, sdl }]));
    const assembly = await (supergraphSdl === null
      ? assembler.compose(joining)
      : assembler.takeOver(supergraphSdl));
    return { supergraphSdl: assembly.supergraphSdl, problems: [] };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { supergraphSdl: null, problems: problemsOf(error) };
  }
}
