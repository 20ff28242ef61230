import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';

import type { GraphContext } from '../../subgraphs/shared/context';
import type { Sample } from './families';

/**
 * How a request to the graph ended: with all that was asked for, with a part of it, with nothing since the request was
 * at fault, or since we were. What a mutation says in `userErrors` is an answer like any other.
 */
export const GRAPHQL_OUTCOMES = ['OK', 'PARTIAL', 'REFUSED', 'UNAVAILABLE'] as const;
export type GraphqlOutcome = (typeof GRAPHQL_OUTCOMES)[number];

/** Counts requests to the graph by their outcome. */
export class GraphqlMeter {
  private readonly counts: Record<GraphqlOutcome, number> = { OK: 0, PARTIAL: 0, REFUSED: 0, UNAVAILABLE: 0 };

  plugin(): ApolloServerPlugin<GraphContext> {
    const refused = (): Promise<void> => {
      this.counts.REFUSED += 1;
      return Promise.resolve();
    };
    return {
      // neither comes as far as a request: no GraphQL in the body, and no such credential
      invalidRequestWasReceived: refused,
      contextCreationDidFail: refused,
      requestDidStart: () =>
        Promise.resolve({
          willSendResponse: ({ response }) => {
            this.counts[outcomeOf(response)] += 1;
            return Promise.resolve();
          },
        }),
    };
  }

  samples(): Sample[] {
    return GRAPHQL_OUTCOMES.map((outcome) => ({ labels: { outcome }, value: this.counts[outcome] }));
  }
}

function outcomeOf({ body }: GraphQLResponse): GraphqlOutcome {
  const { data, errors = [] } = body.kind === 'single' ? body.singleResult : body.initialResult;
  if (errors.length === 0) return 'OK';
  if (data !== null && data !== undefined) return 'PARTIAL';
  return errors.some(isOurs) ? 'UNAVAILABLE' : 'REFUSED';
}

function isOurs({ extensions }: GraphQLFormattedError): boolean {
  return extensions?.['code'] === 'UNAVAILABLE';
}
