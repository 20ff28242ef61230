import { createHash } from 'node:crypto';

import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';

import { authorise, type Authorised } from '../auth';
import type { Principal } from '../domain/principal';
import { decodeSelector, parseReference, type Reference } from '../domain/reference';
import type { VersionFacts } from '../domain/facts';
import { answer, canonicalOf, positionOf, type ResolutionIndex } from '../resolution';

const PREFIX = '/v1/resolve/';
const MAX_REMEMBERED = 10_000;
/** Longer URLs are read anew each time, so that what is remembered stays bounded in bytes too. */
const MAX_REMEMBERED_LENGTH = 1000;

export interface ResolveParts {
  readonly index: ResolutionIndex;
  readonly authenticate: (authorization: string | undefined) => Principal | Promise<Principal>;
}

/** A body that was made before, and of what: it holds as long as these are the same. */
interface Remembered {
  readonly reference: Reference;
  made: { readonly version: VersionFacts | null; readonly position: string; readonly body: Body } | null;
}

interface Body {
  readonly json: string;
  readonly etag: string;
  readonly isPublic: boolean;
}

/**
 * `GET /v1/resolve/{owner}/{name}[/{selector}]`: the resolution as JSON, without calling; what an SDK or a proxy in
 * front of us asks. Source: chapter 4.
 */
export function resolveRoute(server: FastifyInstance, { index, authenticate }: ResolveParts): void {
  const remembered = new LRUCache<string, Remembered>({ max: MAX_REMEMBERED });

  server.get(`${PREFIX}*`, async (request, reply) => {
    const signedIn = authenticate(request.headers.authorization);
    const principal = signedIn instanceof Promise ? await signedIn : signedIn;
    const memory = read(request.raw.url ?? '');
    const found = answer(index, memory.reference);
    const answered = found instanceof Promise ? await found : found;
    const body = bodyOf(memory, authorise(principal, memory.reference, answered, 'resolve'));
    reply
      .header('etag', body.etag)
      .header('cache-control', body.isPublic ? 'public, max-age=1' : 'private, no-store');
    if (body.isPublic) reply.header('vary', 'Authorization');
    if (matches(request.headers['if-none-match'], body.etag)) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(body.json);
  });

  function read(url: string): Remembered {
    const known = remembered.get(url);
    if (known !== undefined) return known;
    const path = url.split('?', 1)[0] ?? '';
    const memory: Remembered = {
      reference: parseReference(decodeSelector(path.slice(PREFIX.length))),
      made: null,
    };
    if (url.length <= MAX_REMEMBERED_LENGTH) remembered.set(url, memory);
    return memory;
  }
}

/** Nothing of the caller is in the body, so what was made for one serves all who may have it. */
function bodyOf(memory: Remembered, found: Authorised): Body {
  const { version } = found.resolved;
  const position = positionOf(found);
  if (memory.made?.version === version && memory.made.position === position) return memory.made.body;
  const json = JSON.stringify({
    reference: found.reference.written,
    canonical: canonicalOf(found),
    version: version?.version ?? null,
    sha: found.resolved.build.sha,
    selector: found.resolved.kind,
    rule: found.resolved.rule,
    position,
    deprecated: false,
  });
  const etag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"`;
  const body = { json, etag, isPublic: !found.resolved.privateState };
  memory.made = { version, position, body };
  return body;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => [etag, `W/${etag}`, '*'].includes(candidate.trim()));
}
