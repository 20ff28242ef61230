import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import { z } from 'zod';

import type { Authenticator, Bearer, SubgraphTokens } from '../auth';
import { AlgogateError } from '../domain/errors';
import type { Principal } from '../domain/principal';
import type { Runner, Subgraph } from '../gateway';
import type { GraphContext } from '../subgraphs/shared/context';
import { isFault, outwardError } from './errors';
import { outwardGraphError } from './graphql';
import { kindOf, SubgraphDocuments } from './subgraph-documents';
import { MAX_STALENESS } from './subgraph-headers';
import type { RequestSpans } from './tracing';

/** Representations of as many entities as one request may have. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const CONTENT_TYPE = 'application/graphql-response+json; charset=utf-8';

const BODY = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

export interface SubgraphRouteParts {
  readonly subgraph: Subgraph;
  /** Runs its operations. */
  readonly run: Runner;
  readonly tokens: Pick<SubgraphTokens, 'verify'>;
  readonly authenticator: Pick<Authenticator, 'principalNamed'>;
  /** Waits until this process has heard of all that was written before a moment, in epoch milliseconds. */
  readonly catchUpTo: (at: number) => Promise<void>;
  /** The spans of requests; null where they are not traced. */
  readonly spans: RequestSpans | null;
  /** Told of faults of ours, for the log. */
  readonly onFault: (fault: unknown, requestId?: string) => void;
}

/**
 * `POST /graphql` of one subgraph, for the gateway alone: whoever has no token that is made out to this subgraph is
 * told nothing else. Source: chapter 5, "Two ways to run".
 */
export function subgraphRoute(server: FastifyInstance, parts: SubgraphRouteParts): void {
  const documents = new SubgraphDocuments(parts.subgraph.schema);
  const bearers = new WeakMap<FastifyRequest, Bearer>();
  server.route({
    method: 'POST',
    url: '/graphql',
    bodyLimit: MAX_BODY_BYTES,
    // before any of the body is read
    onRequest: (request, _reply, done) => {
      bearerOf(request, parts).then((bearer) => {
        bearers.set(request, bearer);
        done();
      }, done);
    },
    handler: async (request, reply) => {
      const bearer = bearers.get(request);
      if (bearer === undefined) throw new Error('a request passed without its token');
      return answer(reply, await execute(request, bearer, documents, parts));
    },
    errorHandler: (error, request, reply) => {
      if (isFault(error)) parts.onFault(error, request.id);
      const { code, message, status } = outwardError(error);
      if (code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
      answer(reply.code(status), { errors: [{ message, extensions: { code } }] });
    },
  });
}

async function bearerOf(
  { headers }: FastifyRequest,
  { subgraph, tokens }: SubgraphRouteParts,
): Promise<Bearer> {
  const [, token = ''] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return tokens.verify(token, subgraph.name);
}

async function execute(
  request: FastifyRequest,
  bearer: Bearer,
  documents: SubgraphDocuments,
  parts: SubgraphRouteParts,
): Promise<object> {
  const body = BODY.safeParse(request.body);
  if (!body.success) throw new AlgogateError('INVALID_INPUT', 'the body is not one GraphQL request');
  const { query, variables } = body.data;
  const operationName = body.data.operationName ?? undefined;
  const document = documents.find(query);
  const principal = await principalOf(request, bearer, parts);
  // a credential that went bad on the way is told to its bearer, and is nothing that the gateway did wrong
  if (principal instanceof AlgogateError) return { data: null, errors: [errorOf(principal)] };
  const span = parts.spans?.of(request) ?? null;
  const { requestId } = bearer;
  const context: GraphContext = { principal, requestId, ...(span === null ? {} : { span }) };
  const operationKind = kindOf(document, operationName);
  const { data, errors } = await parts.run({
    ...{ document, query, operationKind, operationName, context },
    variables: variables ?? {},
    signal: undefined,
  });
  const onFault = (fault: unknown): void => {
    parts.onFault(fault, requestId);
  };
  const outward = errors?.map((error) => {
    return outwardGraphError(formatted(error as GraphQLError), error, { onFault });
  });
  return { data: data ?? null, ...(outward === undefined ? {} : { errors: outward }) };
}

async function principalOf(
  { headers }: FastifyRequest,
  { principal }: Bearer,
  { catchUpTo, authenticator }: SubgraphRouteParts,
): Promise<Principal | AlgogateError> {
  try {
    const maxStaleness = headers[MAX_STALENESS];
    if (typeof maxStaleness === 'string' && /^\d{1,9}$/.test(maxStaleness)) {
      await catchUpTo(Date.now() - Number(maxStaleness));
    }
    return await authenticator.principalNamed(principal);
  } catch (error) {
    if (error instanceof AlgogateError) return error;
    throw error;
  }
}

function formatted(error: GraphQLError): ReturnType<GraphQLError['toJSON']> {
  const { message, path, extensions } = error.toJSON();
  return {
    message,
    ...(path === undefined ? {} : { path }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

function errorOf({ message, extensions }: AlgogateError): object {
  return { message, extensions };
}

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('cache-control', 'no-store').type(CONTENT_TYPE).send(JSON.stringify(body));
}
