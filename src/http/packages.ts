import type { FastifyInstance, FastifyReply } from 'fastify';

import { maySeeAlgorithm, rightsOnAlgorithm } from '../auth';
import type { Principal } from '../domain/principal';
import { algorithmNotFound } from '../domain/ref';
import { parseReferenceParts } from '../domain/reference';
import {
  type Audience,
  audienceOf,
  type Form,
  type PackageDocument,
  type PackageDocuments,
} from '../packages';
import type { AlgorithmView, ResolutionIndex } from '../resolution';
import { qualityOf } from './accept';
import type { Entrance } from './entrance';
import { isKnown } from './etag';

const CONTENT_TYPES: Readonly<Record<Form, string>> = {
  full: 'application/json; charset=utf-8',
  abbreviated: 'application/vnd.algogate.abbreviated+json',
};

export interface PackagesParts {
  readonly index: ResolutionIndex;
  readonly documents: PackageDocuments;
  readonly enter: Entrance;
}

/**
 * `GET /v1/packages/{owner}/{name}`: the record of an algorithm for machines. Public, and the same for all who see no
 * more than that; with private versions for members and grantees. Source: chapter 3, "The registry document".
 */
export function packagesRoute(server: FastifyInstance, { index, documents, enter }: PackagesParts): void {
  server.get<{ Params: { owner: string; name: string } }>(
    '/v1/packages/:owner/:name',
    async (request, reply) => {
      const { params, headers } = request;
      const principal = await enter(request, reply);
      const ref = parseReferenceParts(params.owner, params.name);
      const found = await index.find(ref.ownerKey, ref.nameKey);
      const audience = found && audienceFor(principal, found);
      if (found === null || audience === null) throw algorithmNotFound(ref);
      const form = formOf(headers.accept);
      const { publicSequence, privateSequence } = found.owner;
      const document = await documents.find(
        { algorithmId: found.id, audience, form },
        { public: publicSequence, private: privateSequence },
      );
      return send(reply, document, { audience, form, ifNoneMatch: headers['if-none-match'] });
    },
  );
}

/** Null for whom the algorithm is not there. */
function audienceFor(principal: Principal, algorithm: AlgorithmView): Audience | null {
  const rights = rightsOnAlgorithm(principal, algorithm);
  if (!maySeeAlgorithm(principal, rights, algorithm)) return null;
  return audienceOf(principal, rights, algorithm.standing.grants);
}

function send(
  reply: FastifyReply,
  { body, etag }: PackageDocument,
  asked: { readonly audience: Audience; readonly form: Form; readonly ifNoneMatch: string | undefined },
): FastifyReply {
  const isPublic = asked.audience.kind === 'everyone';
  reply
    .header('etag', etag)
    // a member's own cache may keep it, and asks each time whether it still holds
    .header('cache-control', isPublic ? 'public, max-age=1' : 'private, no-cache')
    .header('vary', 'Accept, Authorization');
  if (isKnown(asked.ifNoneMatch, etag)) return reply.code(304).send();
  return reply.type(CONTENT_TYPES[asked.form]).send(body);
}

const ABBREVIATED = 'application/vnd.algogate.abbreviated+json';

/** The short form for those who ask for it by its name, unless they would rather have plain JSON. */
function formOf(accept: string | undefined): Form {
  const abbreviated = qualityOf(ABBREVIATED, accept) ?? 0;
  return abbreviated > 0 && abbreviated >= (qualityOf('application/json', accept) ?? 0)
    ? 'abbreviated'
    : 'full';
}
