import type { AdmittedCall } from './admitted-call';
import { traceparent } from './identifiers';
import type { ReplyHead } from './reply-head';

/** Longest captured output that an answer may carry, as the header has it. */
const LONGEST_STDOUT = 16 * 1024;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * All the headers that a backend sees of a call, names and values in turn (chapter 4, "What the backend sees"):
 * made here, never copied from the caller but for the content type, so that no credential can slip through.
 * Of a call that is traced, the span of its exchange with the backend begins here.
 * @param caller its pseudonym
 * @param deadline epoch milliseconds
 */
export function backendHeaders(
  { admission, input, requestId, request, route, artifacts, token, trace }: AdmittedCall,
  caller: string,
  deadline: number,
): string[] {
  const headers = [
    'content-type',
    input.contentType,
    'x-algogate-reference',
    admission.canonical,
    'x-algogate-sha',
    admission.sha,
    'x-algogate-request-id',
    requestId,
    'x-algogate-caller',
    caller,
    'x-algogate-network',
    admission.networkAccess === 'FULL' ? 'full' : 'isolated',
    'x-algogate-deadline',
    String(deadline),
    'traceparent',
    trace === null ? traceparent(request.headers['traceparent']) : trace.forwarding(),
  ];
  if (admission.version !== null) headers.push('x-algogate-version', admission.version);
  if (route.functionName !== null) headers.push('x-algogate-function', route.functionName);
  if (artifacts !== null) headers.push('x-algogate-artifacts', artifacts);
  if (token !== null) headers.push('x-algogate-token', token);
  return headers;
}

/**
 * The standard output that a backend captured and put into `X-Algogate-Stdout`: UTF-8 in base64, at most 16 KiB of
 * it. Null where there is none, or it is none.
 */
export function capturedStdout({ stdout: encoded }: ReplyHead): string | null {
  if (encoded === null || encoded.length > LONGEST_STDOUT || !BASE64.test(encoded)) return null;
  return Buffer.from(encoded, 'base64').toString('utf8');
}
