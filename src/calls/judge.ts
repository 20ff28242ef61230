import { isUtf8 } from 'node:buffer';
import { mediaType, type ContentKind } from './body';
import { isNestedTooDeep, MAX_NESTING } from './nesting';
import type { ReplyHead } from './reply-head';

/** A finished answer of a backend, as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly head: ReplyHead;
  readonly body: Buffer;
}

/** What a backend's answer amounts to. */
export type Judgement =
  /** `json`: the body as text, which is valid JSON; null for the other kinds. */
  | { readonly kind: 'result'; readonly type: ContentKind | 'void'; readonly json: string | null }
  | { readonly kind: 'fault'; readonly fault: AlgorithmFault }
  /** The answer breaks the protocol. */
  | { readonly kind: 'bad'; readonly reason: string };

/** An error of the algorithm's own, in its own words. */
export interface AlgorithmFault {
  readonly message: string;
  readonly errorType: string;
  /** For those alone who may see the source. */
  readonly stacktrace: string | null;
}

const DEFAULT_ERROR_TYPE = 'AlgorithmError';
const ERROR_TYPE = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
const LONGEST_PLAIN_MESSAGE = 1024;
const TOO_DEEP = `nested deeper than ${MAX_NESTING} levels`;

/** A status of 400 or above, or a JSON body `{"error": {…}}`, is an error of the algorithm (chapter 4). */
export function judge(answer: RawAnswer): Judgement {
  if (answer.status >= 300 && answer.status < 400) {
    return { kind: 'bad', reason: 'a redirect, which is never followed' };
  }
  const encoding = answer.head.contentEncoding;
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    return { kind: 'bad', reason: 'encoded, which was not asked for' };
  }
  const type = kindOfAnswer(answer);
  if (type !== 'json') {
    return answer.status >= 400
      ? { kind: 'fault', fault: plainFault(answer, type) }
      : { kind: 'result', type, json: null };
  }
  const isTooDeep = isNestedTooDeep(answer.body);
  const json = !isTooDeep && isUtf8(answer.body) ? answer.body.toString('utf8') : null;
  const parsed = json === null ? null : parse(json);
  if (parsed === null) {
    return answer.status >= 400
      ? { kind: 'fault', fault: statusFault(answer.status) }
      : { kind: 'bad', reason: isTooDeep ? TOO_DEEP : 'declared as JSON, and is none' };
  }
  const error = errorOf(parsed.value, answer.status >= 400);
  if (error !== null) return { kind: 'fault', fault: jsonFault(error, answer.status) };
  return answer.status >= 400
    ? { kind: 'fault', fault: statusFault(answer.status) }
    : { kind: 'result', type: 'json', json };
}

/** The kind that a content type of a backend stands for; nothing at all is `void`, and what is unknown is binary. */
function kindOfAnswer({ head, body }: RawAnswer): ContentKind | 'void' {
  const declared = head.contentType;
  if (declared === null) return body.length === 0 ? 'void' : 'binary';
  const type = mediaType(declared);
  if (isJson(type)) return 'json';
  return type.startsWith('text/') || type === 'application/text' ? 'text' : 'binary';
}

/** @param type a media type in lower case, without parameters */
export function isJson(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}

function parse(json: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    return null;
  }
}

/**
 * The `error` member of an answer. Beside a success status it counts only when it is an object with nothing next to
 * it but `metadata`: a result may well have a member of that name.
 */
function errorOf(value: unknown, failed: boolean): Readonly<Record<string, unknown>> | null {
  if (!isObject(value)) return null;
  const error = value['error'];
  if (failed && typeof error === 'string') return { message: error };
  if (!isObject(error)) return null;
  return failed || Object.keys(value).every((name) => name === 'error' || name === 'metadata') ? error : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonFault(error: Readonly<Record<string, unknown>>, status: number): AlgorithmFault {
  const { message, error_type: errorType, stacktrace } = error;
  return {
    message: typeof message === 'string' ? message : statusFault(status).message,
    errorType: typeof errorType === 'string' && ERROR_TYPE.test(errorType) ? errorType : DEFAULT_ERROR_TYPE,
    stacktrace: typeof stacktrace === 'string' ? stacktrace : null,
  };
}

/** Plain text may be a stack trace: its first line is the message, and the whole is for those who may see source. */
function plainFault({ status, head, body }: RawAnswer, type: ContentKind | 'void'): AlgorithmFault {
  const plain = type === 'text' && mediaType(head.contentType ?? '') !== 'text/html';
  const text = plain ? body.toString('utf8').trim() : '';
  const [first = ''] = text.split('\n', 1);
  if (first === '') return statusFault(status);
  const message = first.trim().slice(0, LONGEST_PLAIN_MESSAGE);
  return { message, errorType: DEFAULT_ERROR_TYPE, stacktrace: text === message ? null : text };
}

function statusFault(status: number): AlgorithmFault {
  const message = status >= 400 ? `the algorithm failed with status ${status}` : 'the algorithm failed';
  return { message, errorType: DEFAULT_ERROR_TYPE, stacktrace: null };
}
