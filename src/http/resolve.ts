import { createHash } from 'node:crypto';

import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';

import { authorise, authorisePast, type Authorised } from '../auth';
import { type AsOf, parseAsOf } from '../domain/as-of';
import type { Principal } from '../domain/principal';
import { decodeSelector, parseReference, type Reference } from '../domain/reference';
import type { VersionFacts } from '../domain/facts';
import { deprecated } from '../packages';
import { type Receipts, subjectOf } from '../receipts';
import {
  answer,
  canonicalOf,
  deprecationOfAnswer,
  type PastResolution,
  positionOf,
  type ResolutionIndex,
  type VersionDeprecation,
} from '../resolution';
import { endResolution, startResolution } from '../tracing';
import type { Entrance } from './entrance';
import { isKnown } from './etag';
import { isTrue, onlyParameter } from './parameters';
import type { RequestSpans } from './tracing';

const PREFIX = '/v1/resolve/';
const JSON_TYPE = 'application/json; charset=utf-8';
const PRIVATE = 'private, no-store';
const MAX_REMEMBERED = 10_000;
/** Longer URLs are read anew each time, so that what is remembered stays bounded in bytes too. */
const MAX_REMEMBERED_LENGTH = 1000;

export interface ResolveParts {
  readonly index: ResolutionIndex;
  readonly past: PastResolution;
  readonly receipts: Pick<Receipts, 'sign'>;
  readonly enter: Entrance;
  /** The spans of requests; null or missing where they are not traced. */
  readonly spans?: RequestSpans | null;
}

/** A body that was made before, and of what: it holds as long as these are the same. */
interface Remembered {
  readonly reference: Reference;
  /** Null: now. */
  readonly asOf: AsOf | null;
  /** With a receipt, of which nothing is remembered. */
  readonly withReceipt: boolean;
  made: {
    readonly version: VersionFacts | null;
    readonly position: string;
    readonly deprecation: VersionDeprecation | null;
    readonly body: Body;
  } | null;
}

interface Body {
  readonly json: string;
  readonly etag: string;
  readonly isPublic: boolean;
  /** What is said of a deprecated version in headers, names and values in turn. */
  readonly notices: readonly string[];
}

/**
 * `GET /v1/resolve/{owner}/{name}[/{selector}]`: the resolution as JSON, without calling; what an SDK or a proxy in
 * front of us asks. Source: chapter 4.
 */
export function resolveRoute(
  server: FastifyInstance,
  { index, past, receipts, enter, spans = null }: ResolveParts,
): void {
  const remembered = new LRUCache<string, Remembered>({ max: MAX_REMEMBERED });

  server.get(`${PREFIX}*`, async (request, reply) => {
    const signedIn = enter(request, reply);
    const principal = signedIn instanceof Promise ? await signedIn : signedIn;
    const memory = read(request.raw.url ?? '');
    const span = spans === null ? null : spans.of(request);
    const resolution = span === null ? null : startResolution(span, memory.reference);
    const finding = authorised(principal, memory);
    const found = finding instanceof Promise ? await finding : finding;
    if (resolution !== null) {
      endResolution(resolution, { canonical: canonicalOf(found), rule: found.resolved.rule });
    }
    const body = bodyOf(memory, found);
    for (let at = 0; at < body.notices.length; at += 2) {
      reply.header(body.notices[at] ?? '', body.notices[at + 1]);
    }
    if (memory.withReceipt) {
      const json = withReceipt(body.json, await receipts.sign(subjectOf(found)));
      return reply.header('cache-control', PRIVATE).type(JSON_TYPE).send(json);
    }
    reply.header('etag', body.etag).header('cache-control', body.isPublic ? 'public, max-age=1' : PRIVATE);
    if (body.isPublic) reply.header('vary', 'Authorization');
    if (isKnown(request.headers['if-none-match'], body.etag)) return reply.code(304).send();
    return reply.type(JSON_TYPE).send(body.json);
  });

  function authorised(
    principal: Principal,
    { reference, asOf }: Remembered,
  ): Authorised | Promise<Authorised> {
    if (asOf !== null) {
      return past
        .answer(reference, asOf)
        .then((found) => authorisePast(principal, reference, found, 'resolve'));
    }
    const found = answer(index, reference);
    return found instanceof Promise
      ? found.then((later) => authorise(principal, reference, later, 'resolve'))
      : authorise(principal, reference, found, 'resolve');
  }

  function read(url: string): Remembered {
    const known = remembered.get(url);
    if (known !== undefined) return known;
    const [path = ''] = url.split('?', 1);
    const query = url.slice(path.length + 1);
    const asOf = onlyParameter(query, 'asOf');
    const memory: Remembered = {
      reference: parseReference(decodeSelector(path.slice(PREFIX.length))),
      asOf: asOf === null ? null : parseAsOf(asOf),
      withReceipt: isTrue(query, 'receipt'),
      made: null,
    };
    if (url.length <= MAX_REMEMBERED_LENGTH) remembered.set(url, memory);
    return memory;
  }
}

/** @param json an object */
function withReceipt(json: string, receipt: string): string {
  return `${json.slice(0, -1)},"receipt":"${receipt}"}`;
}

/** Nothing of the caller is in the body, so what was made for one serves all who may have it. */
function bodyOf(memory: Remembered, found: Authorised): Body {
  const { version } = found.resolved;
  const position = positionOf(found);
  const deprecation = deprecationOfAnswer(found);
  const { made } = memory;
  // what is said of a version today is said of it in answers for a past moment too, whose position stays
  if (made?.version === version && made.position === position && made.deprecation === deprecation) {
    return made.body;
  }
  const json = JSON.stringify({
    reference: found.reference.written,
    canonical: canonicalOf(found),
    version: version?.version ?? null,
    sha: found.resolved.build.sha,
    selector: found.resolved.kind,
    rule: found.resolved.rule,
    position,
    deprecated: deprecation && deprecated(deprecation),
  });
  const etag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"`;
  const notices = deprecation?.headers ?? [];
  const body = { json, etag, isPublic: !found.resolved.privateState, notices };
  memory.made = { version, position, deprecation, body };
  return body;
}
