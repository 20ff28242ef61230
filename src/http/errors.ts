import type { FastifyReply } from 'fastify';

import { AlgogateError } from '../domain/errors';
import { RetryLater } from '../domain/limits/refusals';

/** Which status of a framework's own refusal is which of our errors. */
const BY_STATUS: Readonly<Record<number, AlgogateError>> = {
  400: new AlgogateError('INVALID_INPUT', 'the request is malformed'),
  404: new AlgogateError('NOT_FOUND', 'there is nothing at this path'),
  405: new AlgogateError('INVALID_INPUT', 'this path does not take this method'),
  413: new AlgogateError('TOO_LARGE', 'the body is too large'),
  415: new AlgogateError('INVALID_INPUT', 'the content type is not one that this path takes'),
};

const FAULT = new AlgogateError('UNAVAILABLE', 'the request failed for a reason of ours');

/** What may be told of an error: ours as it is, a framework's by its status, anything else not at all. */
export function outwardError(error: unknown): AlgogateError {
  if (error instanceof AlgogateError) return error;
  const { statusCode } = error as { statusCode?: unknown };
  return (typeof statusCode === 'number' ? BY_STATUS[statusCode] : undefined) ?? FAULT;
}

export function isFault(error: unknown): boolean {
  return outwardError(error) === FAULT;
}

/** `{"error": {"message", "code"}}`, the shape of every refusal over HTTP. */
export function errorBody({ code, message }: AlgogateError): string {
  return JSON.stringify({ error: { message, code } });
}

function retryAfterOf(error: AlgogateError): string {
  return String(error instanceof RetryLater ? error.retryAfterSeconds : 1);
}

/** Answers with an error, never cached. */
export async function sendError(reply: FastifyReply, error: unknown): Promise<FastifyReply> {
  const outward = outwardError(error);
  if (outward.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
  if (outward.status === 503 || outward.status === 429) reply.header('retry-after', retryAfterOf(outward));
  return reply
    .code(outward.status)
    .header('cache-control', 'private, no-store')
    .type('application/json; charset=utf-8')
    .send(errorBody(outward));
}
