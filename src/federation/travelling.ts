import type { SubgraphRequest } from '../gateway';
import type { RemoteSubgraph } from './file';

type Headers = Readonly<Record<string, string>>;

/** What of a caller's request goes on to the subgraphs of others. */
export interface Travelling {
  readonly requestId: string;
  /** The trace that the request is a part of. */
  readonly traceparent: string | undefined;
  /** The caller's headers that any subgraph is to have, in small letters. */
  readonly headers: Headers;
}

/** A signed token that names the caller to the subgraph `audience`, and to no other. */
export type Identity = (context: unknown, audience: string) => Promise<string>;

/**
 * The headers of a request to `remote`: the request's id, its trace, the caller's headers that the operator names, and
 * who the caller is. Never what the caller was let in by.
 * @param identity null where nobody is told who is calling
 */
export async function travelHeaders(
  remote: RemoteSubgraph,
  { context }: SubgraphRequest,
  { requestId, traceparent, headers }: Travelling,
  identity: Identity | null,
): Promise<Headers> {
  const sent: Record<string, string> = {};
  for (const name of remote.propagateHeaders) {
    const value = headers[name];
    if (value !== undefined) sent[name] = value;
  }
  sent['x-request-id'] = requestId;
  if (traceparent !== undefined) sent['traceparent'] = traceparent;
  if (identity !== null) sent['authorization'] = `Bearer ${await identity(context, remote.name)}`;
  return sent;
}
