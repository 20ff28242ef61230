import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';

import { AlgogateError, ERROR_CODES } from '../domain/errors';
import type { Principal } from '../domain/principal';
import {
  checkLimits,
  DEFAULT_LIMITS,
  type Gateway,
  isMissing,
  isRemote,
  type Limits,
  tokenLimitError,
} from '../gateway';
import type { GraphContext } from '../subgraphs/shared/context';
import { type CostParts, costLimits } from './graph-costs';
import type { DocumentCache } from './persisted-documents';
import { RequestContext } from './request-context';
import { type RequestSpans, tracedOperations } from './tracing';
import { trustedCache, type TrustedDocuments, trustedOnly } from './trusted-documents';

/** Comparing two interfaces holds up the process for a moment. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, heavyFields: new Set(['Query.checkInterface']) };

/** Documents over this are refused before they are parsed. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface GraphqlParts {
  readonly gateway: Gateway;
  readonly authenticate: (authorization: string | undefined) => Principal | Promise<Principal>;
  /** What requests may cost; missing: anything. */
  readonly costs?: Omit<CostParts, 'gateway'>;
  /** What automatic persisted queries are kept in. */
  readonly documents: DocumentCache;
  /** What clients may run; null or missing: anything. */
  readonly trusted?: TrustedDocuments | null;
  /** What else looks on while requests are answered. */
  readonly plugins?: readonly ApolloServerPlugin<GraphContext>[];
  /** The spans of requests; null or missing where they are not traced. */
  readonly spans?: RequestSpans | null;
  /** The callers' headers that subgraphs of operators are sent, in small letters. */
  readonly propagatedHeaders?: () => ReadonlySet<string>;
  /** Told of faults of ours, for the log. */
  readonly onFault: (fault: unknown) => void;
}

/** `POST /graphql`, and `GET` for queries: Apollo Server in front of our gateway. Source: chapter 5. */
export async function graphqlRoute(
  server: FastifyInstance,
  parts: GraphqlParts,
): Promise<ApolloServer<GraphContext>> {
  const apollo = new ApolloServer<GraphContext>({
    gateway: parts.gateway,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: { cache: parts.trusted == null ? parts.documents : trustedCache(parts.trusted) },
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: LIMITS.maxTokens },
    formatError: (formatted, error) => outwardGraphError(formatted, error, parts),
    plugins: [
      limits(),
      ...(parts.costs === undefined ? [] : [costLimits({ ...parts.costs, gateway: parts.gateway })]),
      unavailable(),
      ApolloServerPluginLandingPageDisabled(),
      ...(parts.plugins ?? []),
      ...(parts.spans == null ? [] : [tracedOperations()]),
    ],
    logger: silent,
  });
  await apollo.start();
  const handler = fastifyApolloHandler(apollo, {
    context: async (request, reply) => {
      const principal = await principalOf(parts, request.headers.authorization);
      const span = parts.spans?.of(request) ?? undefined;
      return new RequestContext(principal, request, reply, span, parts.propagatedHeaders?.());
    },
  });
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    bodyLimit: MAX_BODY_BYTES,
    handler,
    ...onlyTrusted(parts),
  });
  return apollo;
}

function onlyTrusted({ trusted, authenticate }: GraphqlParts) {
  return trusted == null ? {} : { preHandler: trustedOnly(trusted, authenticate) };
}

async function principalOf(parts: GraphqlParts, authorization: string | undefined): Promise<Principal> {
  try {
    return await parts.authenticate(authorization);
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw new GraphQLError(error.message, {
      extensions: { code: error.code, http: { status: error.status } },
    });
  }
}

/**
 * Of every request, also of those whose document is known: how large its answer may be depends on its variables too,
 * where it has any. Parsing is bounded by `maxTokens`, and with it validation, which comes before.
 */
function limits(): ApolloServerPlugin<GraphContext> {
  /** Those that are within the limits whatever comes with them. Apollo Server keeps documents for one schema each. */
  const within = new WeakSet<DocumentNode>();
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, request }) => {
          if (within.has(document)) return Promise.resolve();
          const [first] = checkLimits(schema, document, LIMITS, request.variables);
          if (first === undefined) {
            if (!hasVariables(document)) within.add(document);
            return Promise.resolve();
          }
          const { message, extensions } = first;
          throw new GraphQLError(message, { extensions: { ...extensions, http: { status: 400 } } });
        },
      }),
  };
}

function hasVariables({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (node) => node.kind === Kind.OPERATION_DEFINITION && (node.variableDefinitions?.length ?? 0) > 0,
  );
}

/** An answer that has nothing in it because a part of ours is away says so by its status too. Chapter 9, "Health". */
function unavailable(): ApolloServerPlugin<GraphContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response: { body, http } }) => {
          if (body.kind === 'single' && body.singleResult.data == null) {
            const away = body.singleResult.errors?.some(
              ({ extensions }) => extensions?.['code'] === 'UNAVAILABLE',
            );
            if (away === true) {
              http.status = 503;
              http.headers.set('retry-after', '1');
            }
          }
          return Promise.resolve();
        },
      }),
  };
}

const CODES: ReadonlySet<string> = new Set([...ERROR_CODES, ...Object.values(ApolloServerErrorCode)]);

/** Apollo Server says this of persisted queries, and gives it no code. */
const REFUSED_HASHES: ReadonlySet<string> = new Set([
  'provided sha does not match query',
  'Unsupported persisted query version',
]);

/**
 * Codes of ours and of the GraphQL servers' own go out; everything else is a fault, of which nothing is told. What a
 * subgraph elsewhere says is no fault of ours but its operator's word to callers, and goes out as it is; that it cannot
 * be asked is told by the gateway, in our words. Nor is it one that it names what does not exist for the caller.
 */
export function outwardGraphError(
  formatted: GraphQLFormattedError,
  error: unknown,
  parts: Pick<GraphqlParts, 'onFault'>,
): GraphQLFormattedError {
  if (isRemote(error)) return formatted;
  const tooLong = tokenLimitError(unwrapResolverError(error)) ?? tokenLimitError(error);
  if (tooLong !== null) return { message: tooLong.message, extensions: { code: 'QUERY_TOO_COMPLEX' } };
  if (formatted.message.includes('call stack size')) {
    return { message: 'The query is nested too deeply.', extensions: { code: 'QUERY_TOO_COMPLEX' } };
  }
  if (isMissing(error)) return { ...formatted, extensions: { code: 'NOT_FOUND' } };
  if (REFUSED_HASHES.has(formatted.message)) {
    return { message: formatted.message, extensions: { code: ApolloServerErrorCode.BAD_REQUEST } };
  }
  const code = String(formatted.extensions?.['code']);
  if (CODES.has(code) && code !== String(ApolloServerErrorCode.INTERNAL_SERVER_ERROR)) return formatted;
  parts.onFault(unwrapResolverError(error));
  return {
    message: 'the request failed for a reason of ours',
    extensions: { code: 'UNAVAILABLE' },
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
}

/** Faults are logged by `formatError`, with what belongs to them. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
