import { GraphQLError, parse, type DocumentNode } from 'graphql';
import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import { changedRequirements } from './authorization';
import { GatewayError } from './errors';
import { refusals } from './refusals';
import { unsupported } from './unsupported';

/** A subgraph as composition sees it. */
export interface SubgraphSdl {
  readonly name: string;
  readonly sdl: string;
  /** Where it is reached; absent for a subgraph of this process. */
  readonly url?: string;
}

/**
 * The supergraph of `subgraphs`, as SDL. The same subgraphs give the same text, in whatever order they come: it is
 * committed and compared.
 * @throws GatewayError `COMPOSITION_FAILED` with every error of the composer, and with the patterns that it would
 *   compose wrongly (chapter 5)
 */
export function compose(subgraphs: readonly SubgraphSdl[]): string {
  const services = [...subgraphs]
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, sdl, url }) => ({
      name,
      typeDefs: parsed(name, sdl),
      ...(url === undefined ? {} : { url }),
    }));
  const refused = refusals(services);
  if (refused.length > 0)
    throw new GatewayError('COMPOSITION_FAILED', 'The subgraphs do not compose.', refused);
  const result = composed(services);
  if (compositionHasErrors(result)) {
    const details = result.errors.map(describe).sort();
    throw new GatewayError('COMPOSITION_FAILED', 'The subgraphs do not compose.', details);
  }
  const supergraph = parse(result.supergraphSdl, { noLocation: true });
  const changed = changedRequirements(
    services.map(({ typeDefs }) => typeDefs),
    supergraph,
  );
  if (changed.length > 0)
    throw new GatewayError('COMPOSITION_FAILED', 'The subgraphs do not compose.', changed);
  const unserved = unsupported(supergraph);
  if (unserved.length > 0)
    throw new GatewayError('COMPOSITION_FAILED', 'The subgraphs compose to what cannot be served.', unserved);
  return `${result.supergraphSdl.trimEnd()}\n`;
}

/** The composer throws at some of what it should refuse. */
function composed(services: Parameters<typeof composeServices>[0]): ReturnType<typeof composeServices> {
  try {
    return composeServices(services);
  } catch (cause) {
    const reason = `The composer failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new GatewayError('COMPOSITION_FAILED', 'The subgraphs do not compose.', [reason], { cause });
  }
}

function parsed(name: string, sdl: string): DocumentNode {
  try {
    return parse(sdl);
  } catch (cause) {
    const reason = cause instanceof GraphQLError ? cause.toString() : String(cause);
    throw new GatewayError('COMPOSITION_FAILED', 'The subgraphs do not compose.', [`[${name}] ${reason}`], {
      cause,
    });
  }
}

function describe(error: GraphQLError): string {
  const code = error.extensions['code'];
  return typeof code === 'string' ? `${code}: ${error.message}` : error.message;
}
