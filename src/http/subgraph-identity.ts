import type { SubgraphTokens } from '../auth';
import type { GraphContext } from '../subgraphs/shared/context';

/** A request that goes on for longer gets a new token: half of what one lives. */
const FRESH_MS = 30_000;

interface Signed {
  readonly at: number;
  readonly token: Promise<string>;
}

/** The token by which a subgraph knows who sends a request; by the request's context and the subgraph's name. */
export type Identity = (context: unknown, audience: string) => Promise<string>;

/** One token for all that one request asks of one subgraph. @param now epoch milliseconds */
export function identityOf(tokens: Pick<SubgraphTokens, 'sign'>, now: () => number = Date.now): Identity {
  const signed = new WeakMap<GraphContext, Map<string, Signed>>();
  return (context, audience) => {
    if (!isGraphContext(context)) throw new Error('a request to a subgraph has no principal');
    let ofContext = signed.get(context);
    if (ofContext === undefined) signed.set(context, (ofContext = new Map<string, Signed>()));
    const known = ofContext.get(audience);
    if (known !== undefined && now() - known.at < FRESH_MS) return known.token;
    const made = { at: now(), token: tokens.sign(context.principal, context.requestId, audience) };
    ofContext.set(audience, made);
    return made.token;
  };
}

function isGraphContext(context: unknown): context is GraphContext {
  return typeof context === 'object' && context !== null && 'principal' in context && 'requestId' in context;
}
