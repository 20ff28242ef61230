import type { GraphQLError } from 'graphql';
import { HttpFailure } from './http-failure';
import { remoteError } from './remote-error';
import type { Data, SubgraphResult } from './types';

/** What came back over HTTP, whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly body: Buffer;
}

/** Types of GraphQL responses, the better one first, as `Accept` lists them. */
export const ACCEPTED = 'application/graphql-response+json, application/json;q=0.9';

/** Errors of one answer that are passed on; whoever has more to say says nothing new. */
const MAX_ERRORS = 1000;

/**
 * The GraphQL response in an answer of the subgraph `subgraph`. With the type `application/graphql-response+json`
 * it may have any status; `application/json` says that there is one only with a status of success, since whatever
 * stands in between answers with it too. Source: GraphQL over HTTP, "Processing the response".
 * @throws HttpFailure `malformed` or `foreign`, `unavailable` where the status says so and no response tells more
 */
export function readAnswer(subgraph: string, answer: HttpAnswer): SubgraphResult {
  const type = mediaType(answer.contentType);
  const succeeded = answer.status >= 200 && answer.status < 300;
  const certain = type === 'application/graphql-response+json';
  if (!certain && isUnavailable(answer.status)) throw new HttpFailure('unavailable', statusOf(answer));
  if (!certain && !succeeded) throw new HttpFailure('foreign', statusOf(answer));
  if (!certain && type !== 'application/json') throw new HttpFailure('foreign', `Its type is ${said(type)}.`);
  if (!['', 'identity'].includes(answer.contentEncoding)) {
    throw new HttpFailure('foreign', 'It is encoded, which was not asked for.');
  }
  return responseOf(subgraph, parsed(answer.body));
}

/** Said by a subgraph that may be back in a moment, and by what stands before it. */
export function isUnavailable(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

function responseOf(subgraph: string, response: unknown): SubgraphResult {
  if (!isRecord(response)) throw new HttpFailure('foreign', 'It is no object.');
  const { data, errors } = response;
  if (data === undefined && errors === undefined)
    throw new HttpFailure('foreign', 'It has neither data nor errors.');
  if (data !== undefined && data !== null && !isRecord(data))
    throw new HttpFailure('foreign', 'Its data is no object.');
  if (errors === undefined || errors === null) return { data };
  if (!Array.isArray(errors)) throw new HttpFailure('foreign', 'Its errors are no list.');
  return { data, errors: errors.slice(0, MAX_ERRORS).map((error) => errorOf(subgraph, error)) };
}

function errorOf(subgraph: string, error: unknown): GraphQLError {
  if (!isRecord(error) || typeof error['message'] !== 'string') {
    throw new HttpFailure('foreign', 'An error of it has no message.');
  }
  const { message, path, extensions } = error;
  return remoteError(
    subgraph,
    message,
    isPath(path) ? path : undefined,
    isRecord(extensions) ? extensions : {},
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw new HttpFailure('malformed', undefined, { cause });
  }
}

function isRecord(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPath(value: unknown): value is (string | number)[] {
  return Array.isArray(value) && value.every((key) => typeof key === 'string' || typeof key === 'number');
}

function mediaType(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function statusOf({ status }: HttpAnswer): string {
  return `Its status is ${status}.`;
}

/** The word of a stranger, for a log: no longer than types are. */
function said(type: string): string {
  return type === '' ? 'not given' : JSON.stringify(type.slice(0, 100));
}
