import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { FastifyReply, FastifyRequest } from 'fastify';
import { parse } from 'graphql';
import { z } from 'zod';

import type { Principal } from '../domain/principal';
import type { DocumentCache } from './persisted-documents';

/** The documents that clients may run. */
export interface TrustedDocuments {
  readonly byId: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
}

/** Source: Apollo, "Persisted queries", and `relay-compiler`/`@graphql-codegen/client-preset`: one text for each id. */
const MANIFESTS = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      version: z.literal(1),
      operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
    })
    .transform(({ operations }) => operations.map(({ id, body }): [string, string] => [id, body])),
  z.record(z.string().min(1), z.string().min(1)).transform((texts) => Object.entries(texts)),
]);

/**
 * Reads a manifest: Apollo's, or one text for each hash as Relay and GraphQL Code Generator write it.
 * @throws Error saying what is wrong with it
 */
export function readTrustedDocuments(path: string): TrustedDocuments {
  const parsed = MANIFESTS.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new Error("is neither Apollo's manifest of persisted queries nor an object of texts by their hash");
  const byId = new Map<string, string>();
  for (const [id, body] of parsed.data) {
    if (byId.has(id) && byId.get(id) !== body) throw new Error(`has two documents of the id ${id}`);
    assertDocument(id, body);
    byId.set(id, body);
  }
  return { byId, texts: new Set(byId.values()) };
}

function assertDocument(id: string, body: string): void {
  try {
    parse(body);
  } catch (error) {
    throw new Error(
      `has a document that does not parse, ${id}: ${error instanceof Error ? error.message : ''}`,
      {
        cause: error,
      },
    );
  }
  const isHash = /^[0-9a-f]{64}$/.test(id);
  if (isHash && createHash('sha256').update(body).digest('hex') !== id)
    throw new Error(`has a document that its hash does not fit, ${id}`);
}

/** The documents as what Apollo Server looks persisted queries up in; nothing is added. */
export function trustedCache({ byId }: TrustedDocuments): DocumentCache {
  return {
    get: (key) => Promise.resolve(byId.get(key.replace(/^apq:/, ''))),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(false),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Lets nothing but trusted documents through to the graph, by their exact text or by their id; the operator runs what it
 * likes. It comes before anything of a document is parsed.
 */
export function trustedOnly(
  documents: TrustedDocuments,
  authenticate: (authorization: string | undefined) => Principal | Promise<Principal>,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const isPost = request.method === 'POST';
    const sent = fieldsOf(isPost ? request.body : request.query);
    const { query, documentId } = sent;
    const known = typeof documentId === 'string' ? documents.byId.get(documentId) : undefined;
    if (query === undefined && known !== undefined) {
      if (isPost) request.body = { ...sent, query: known };
      else request.raw.url = withQuery(request.url, known);
      return;
    }
    if (typeof query === 'string' && documents.texts.has(query)) return;
    const hash = hashOf(sent['extensions']);
    if (query === undefined && hash !== null && documents.byId.has(hash)) return;
    if (await isOperator(request, authenticate)) return;
    await refuse(reply, query === undefined && (hash !== null || typeof documentId === 'string'));
  };
}

/** A URL without a text gets that of its id, as a body does; what it says besides stays. */
function withQuery(url: string, query: string): string {
  const [path = '', ...search] = url.split('?');
  const parameters = new URLSearchParams(search.join('?'));
  parameters.set('query', query);
  return `${path}?${parameters.toString()}`;
}

async function isOperator(
  { headers }: FastifyRequest,
  authenticate: (authorization: string | undefined) => Principal | Promise<Principal>,
): Promise<boolean> {
  try {
    return (await authenticate(headers.authorization)).kind === 'operator';
  } catch {
    return false;
  }
}

function refuse(reply: FastifyReply, isUnknownId: boolean): FastifyReply {
  const [status, code, message] = isUnknownId
    ? [200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound']
    : [403, 'UNTRUSTED_DOCUMENT', 'only trusted documents are run here'];
  return reply
    .code(Number(status))
    .header('cache-control', 'private, no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** `extensions.persistedQuery.sha256Hash`; in a URL, `extensions` is JSON. */
function hashOf(extensions: unknown): string | null {
  const { persistedQuery } = fieldsOf(typeof extensions === 'string' ? parsed(extensions) : extensions);
  const { sha256Hash } = fieldsOf(persistedQuery);
  return typeof sha256Hash === 'string' ? sha256Hash : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
