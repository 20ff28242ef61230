import { AlgogateError } from '../domain/errors';
import { parseArtifacts } from './artifacts';

export const OUTPUTS = ['default', 'raw', 'void'] as const;
export type Output = (typeof OUTPUTS)[number];

/** What the query of a call asks for (chapter 4, "Query"). */
export interface CallOptions {
  readonly timeoutMs: number;
  /** As the caller wrote it, for the message of a `TimeoutError`. */
  readonly timeoutText: string;
  readonly stdout: boolean;
  /** The answer is to carry a receipt. */
  readonly receipt: boolean;
  readonly output: Output;
  /** The function of the interface that is called; null where the caller names none. */
  readonly functionName: string | null;
  /** Revisions by the names of artifacts; null where the caller names none. */
  readonly artifacts: ReadonlyMap<string, string> | null;
}

const DEFAULT_TIMEOUT_SECONDS = '300';
const MAX_TIMEOUT_SECONDS = 3000;

/** GraphQL's names, of a length that a header takes. */
const FUNCTION_NAME = /^[_A-Za-z][_0-9A-Za-z]{0,254}$/;

/**
 * Reads the query of a call. Parameters that the protocol does not know are ignored: existing clients send some.
 * @param query without its `?`
 * @throws AlgogateError INVALID_INPUT
 */
export function parseCallOptions(query: string): CallOptions {
  const parameters = new URLSearchParams(query);
  if (parameters.has('asOf')) {
    throw invalid('asOf', 'a call is of today: resolve asOf, and call the version that it names');
  }
  const artifacts = only(parameters, 'artifacts');
  const timeoutText = parameters.get('timeout') ?? DEFAULT_TIMEOUT_SECONDS;
  return {
    timeoutMs: milliseconds(timeoutText),
    timeoutText,
    stdout: booleanOf(parameters, 'stdout'),
    receipt: booleanOf(parameters, 'receipt'),
    output: outputOf(parameters.get('output') ?? 'default'),
    functionName: functionOf(only(parameters, 'function')),
    artifacts: artifacts === null ? null : parseArtifacts(artifacts),
  };
}

/** A parameter that changes the meaning of a call: to ignore a second one would answer another question. */
function only(parameters: URLSearchParams, name: string): string | null {
  const [first = null, ...others] = parameters.getAll(name);
  if (others.length > 0) throw invalid(name, `the parameter ${name} may come once`);
  return first;
}

function functionOf(text: string | null): string | null {
  if (text === null || FUNCTION_NAME.test(text)) return text;
  throw invalid('function', 'function must be the name of a function: letters, digits and _');
}

function milliseconds(text: string): number {
  const seconds = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw invalid(
      'timeout',
      `timeout must be a number of seconds above 0, and at most ${MAX_TIMEOUT_SECONDS}`,
    );
  }
  return Math.max(1, Math.round(seconds * 1000));
}

/** `True` and `False` too: the Python client writes its booleans so. */
function booleanOf(parameters: URLSearchParams, name: string): boolean {
  const text = (parameters.get(name) ?? 'false').toLowerCase();
  if (text !== 'true' && text !== 'false') throw invalid(name, `${name} must be true or false`);
  return text === 'true';
}

function outputOf(text: string): Output {
  const output = OUTPUTS.find((known) => known === text);
  if (output === undefined) throw invalid('output', `output must be one of ${OUTPUTS.join(', ')}`);
  return output;
}

function invalid(parameter: string, message: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, [parameter]);
}
