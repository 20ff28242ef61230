import { isIPv6 } from 'node:net';

import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';

import { AlgogateError } from '../domain/errors';
import { RetryLater } from '../domain/limits/refusals';
import { principalId } from '../domain/principal';
import type { Gateway } from '../gateway';
import { budgetHeaders, BudgetSpent, type GraphBudget } from '../limits';
import type { GraphContext } from '../subgraphs/shared/context';

export interface CostParts {
  readonly gateway: Pick<Gateway, 'costOf'>;
  /** The most that one request may cost; null: anything. */
  readonly maxCost: number | null;
  /** Of all requests of somebody in a minute; null: without end. */
  readonly budget: GraphBudget | null;
  /** Whether something of a request was sent to a subgraph. */
  readonly hasRun: (context: GraphContext) => boolean;
}

/**
 * Estimates every request before it is run, refuses what costs too much, and charges its caller: an account for all of its
 * keys, whoever has no credential by its address. What was charged is given back where nothing ran.
 */
export function costLimits({
  gateway,
  maxCost,
  budget,
  hasRun,
}: CostParts): ApolloServerPlugin<GraphContext> {
  return {
    requestDidStart: () => {
      let charged: { readonly subject: string; readonly cost: number } | null = null;
      return Promise.resolve({
        didResolveOperation: async ({ schema, document, request, operationName, contextValue, response }) => {
          const { variables } = request;
          const cost = Math.ceil(gateway.costOf(schema, { document, operationName, variables }));
          if (maxCost !== null && cost > maxCost) {
            const message = `The estimated cost of this query is ${cost}; it may be at most ${maxCost}.`;
            throw refusal(new AlgogateError('QUERY_TOO_COMPLEX', message));
          }
          const subject = subjectOf(contextValue);
          if (budget === null || subject === null) return;
          try {
            const state = await budget.charge(subject, cost);
            charged = { subject, cost };
            for (const [name, value] of budgetHeaders(state)) response.http.headers.set(name, value);
          } catch (error) {
            throw error instanceof AlgogateError ? refusal(error) : error;
          }
        },
        willSendResponse: async ({ contextValue, response: { body } }) => {
          if (charged === null || budget === null || hasRun(contextValue)) return;
          if (body.kind === 'single' && body.singleResult.data != null) return;
          await budget.giveBack(charged.subject, charged.cost);
        },
      });
    },
  };
}

function refusal(error: AlgogateError): GraphQLError {
  const headers = new Map<string, string>();
  if (error instanceof BudgetSpent) {
    for (const [name, value] of budgetHeaders(error.state)) headers.set(name, value);
  }
  if (error instanceof RetryLater) headers.set('retry-after', String(error.retryAfterSeconds));
  // a map, as Apollo Server wants it
  const extensions: Record<string, unknown> = { code: error.code, http: { status: error.status, headers } };
  return new GraphQLError(error.message, { extensions });
}

/** Whose budget a request draws on; null: nobody's, as the operator has no limits. */
function subjectOf({ principal, address }: GraphContext): string | null {
  if (principal.kind === 'operator') return null;
  return principal.kind === 'anonymous' ? `address:${networkOf(address)}` : principalId(principal);
}

/** One customer has a whole /64 of IPv6, and could otherwise be somebody else with every request. */
function networkOf(address = ''): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...new Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
