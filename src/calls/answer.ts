import type { AlgogateError } from '../domain/errors';
import { RetryLater } from '../domain/limits/refusals';
import type { AlgorithmFault, RawAnswer } from './judge';
import { RECEIPT_HEADER } from './receipt';

/** A whole answer to a caller, but for the headers that every answer has. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | Buffer;
}

/** What every successful answer says of the call. */
export interface CallFacts {
  readonly requestId: string;
  readonly version: string | null;
  readonly sha: string;
  /** Of the backend, in milliseconds. */
  readonly durationMs: number;
  /** Captured standard output; null unless asked for, and permitted. */
  readonly stdout: string | null;
  /** Null where it was not asked for. */
  readonly receipt: string | null;
}

const JSON_TYPE = 'application/json';

/** Above this, bytes are joined to bytes: strings of that size would be copied and encoded once more. */
const LARGE = 64 * 1024;

/** A backend's bytes may be a page: it must not act with our origin's rights in a browser. */
const INERT = ['Content-Security-Policy', "sandbox; default-src 'none'"] as const;

/** The error of a platform that refused or failed: always an object, always JSON. */
export function refusal(error: AlgogateError): Answer {
  const body = JSON.stringify({ error: { message: error.message, code: error.code } });
  return { status: error.status, contentType: JSON_TYPE, headers: refusalHeaders(error), body };
}

function refusalHeaders(error: AlgogateError): readonly string[] {
  if (error.status === 401) return ['WWW-Authenticate', 'Bearer'];
  if (error instanceof RetryLater) return ['Retry-After', String(error.retryAfterSeconds)];
  return error.status === 503 || error.status === 429 ? ['Retry-After', '1'] : [];
}

/** `{"result": …}` around a body that is valid JSON already. */
export function jsonResult(json: string, body: Buffer, facts: CallFacts): Answer {
  const suffix = `,"metadata":${metadata('json', facts)}}`;
  return ok(
    body.length < LARGE
      ? `{"result":${json}${suffix}`
      : Buffer.concat([Buffer.from('{"result":'), body, Buffer.from(suffix)]),
  );
}

/** @param text the body, decoded by `decodeText` */
export function textResult(text: string, facts: CallFacts): Answer {
  return ok(`{"result":${JSON.stringify(text)},"metadata":${metadata('text', facts)}}`);
}

export function binaryResult(body: Buffer, facts: CallFacts): Answer {
  return ok(`{"result":"${body.toString('base64')}","metadata":${metadata('binary', facts)}}`);
}

/** The algorithm answered with nothing. */
export function voidResult(facts: CallFacts): Answer {
  return ok(`{"result":null,"metadata":${metadata('void', facts)}}`);
}

/** The answer to `output=void`. */
export function asyncAnswer({ requestId, receipt }: Pick<CallFacts, 'requestId' | 'receipt'>): Answer {
  const known = receipt === null ? '' : `,"metadata":{"receipt":"${receipt}"}`;
  return ok(`{"async":true,"request_id":"${requestId}"${known}}`);
}

/** `output=raw`: the backend's bytes and content type. */
export function rawResult(answer: RawAnswer, facts: Pick<CallFacts, 'version' | 'receipt'>): Answer {
  const { contentType, headers } = rawHead(answer.head.contentType, facts);
  return { status: 200, contentType, headers, body: answer.body };
}

export function rawHead(
  contentType: string | null,
  { version, receipt }: Pick<CallFacts, 'version' | 'receipt'>,
): { contentType: string; headers: string[] } {
  const headers: string[] = [...INERT];
  if (receipt !== null) headers.push(RECEIPT_HEADER, receipt);
  if (version !== null) headers.push('X-Algogate-Version', version);
  const printable = contentType !== null && /^[\x20-\x7e]+$/.test(contentType);
  return { contentType: printable ? contentType : 'application/octet-stream', headers };
}

/** Whose fault an answer tells of, and to whom. */
export interface FaultOf {
  readonly raw: boolean;
  readonly maySeeSource: boolean;
  readonly receipt: string | null;
}

/**
 * An error of the algorithm: 200, and 400 with `output=raw`, whose callers have nothing else to tell it by.
 * @param about `maySeeSource`: false takes the stack trace away
 */
export function faultAnswer(
  fault: AlgorithmFault,
  durationMs: number,
  { raw, maySeeSource, receipt }: FaultOf,
): Answer {
  const { message, errorType, stacktrace } = fault;
  const error = {
    message,
    error_type: errorType,
    ...(maySeeSource && stacktrace !== null ? { stacktrace } : {}),
  };
  const duration = seconds(durationMs);
  const body = JSON.stringify({ error, metadata: receipt === null ? { duration } : { duration, receipt } });
  const headers = raw && receipt !== null ? [RECEIPT_HEADER, receipt] : [];
  return { status: raw ? 400 : 200, contentType: JSON_TYPE, headers, body };
}

/** @param timeoutText the seconds, as the caller wrote them */
export function timeoutFault(timeoutText: string): AlgorithmFault {
  const message = `algorithm did not complete within ${timeoutText} seconds`;
  return { message, errorType: 'TimeoutError', stacktrace: null };
}

/** Text in its declared charset, or UTF-8; null where it is none, or the charset is not known. */
export function decodeText(body: Buffer, contentType: string | null): string | null {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

function ok(body: string | Buffer): Answer {
  return { status: 200, contentType: JSON_TYPE, headers: [], body };
}

function metadata(contentType: string, facts: CallFacts): string {
  const { durationMs, version, sha, requestId, stdout, receipt } = facts;
  const known =
    `{"content_type":"${contentType}","duration":${seconds(durationMs)},` +
    `"version":${version === null ? 'null' : `"${version}"`},"sha":"${sha}","request_id":"${requestId}"`;
  const printed = stdout === null ? '' : `,"stdout":${JSON.stringify(stdout)}`;
  return receipt === null ? `${known}${printed}}` : `${known}${printed},"receipt":"${receipt}"}`;
}

/** Milliseconds as seconds, to the microsecond. */
function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1_000_000;
}
