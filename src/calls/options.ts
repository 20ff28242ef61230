import { AlgogateError } from '../domain/errors';

export const OUTPUTS = ['default', 'raw', 'void'] as const;
export type Output = (typeof OUTPUTS)[number];

/** What the query of a call asks for (chapter 4, "Query"). */
export interface CallOptions {
  readonly timeoutMs: number;
  /** As the caller wrote it, for the message of a `TimeoutError`. */
  readonly timeoutText: string;
  readonly stdout: boolean;
  readonly output: Output;
}

const DEFAULT_TIMEOUT_SECONDS = '300';
const MAX_TIMEOUT_SECONDS = 3000;

/** Parameters of the protocol that would change the meaning of a call: to ignore one would answer another question. */
const REFUSED = ['function', 'artifacts'] as const;

/**
 * Reads the query of a call. Parameters that the protocol does not know are ignored: existing clients send some.
 * @param query without its `?`
 * @throws AlgogateError INVALID_INPUT
 */
export function parseCallOptions(query: string): CallOptions {
  const parameters = new URLSearchParams(query);
  for (const name of REFUSED) {
    if (parameters.has(name)) throw invalid(name, `the parameter ${name} is not supported by this server`);
  }
  if (booleanOf(parameters, 'receipt')) {
    throw invalid('receipt', 'the parameter receipt is not supported by this server');
  }
  const timeoutText = parameters.get('timeout') ?? DEFAULT_TIMEOUT_SECONDS;
  return {
    timeoutMs: milliseconds(timeoutText),
    timeoutText,
    stdout: booleanOf(parameters, 'stdout'),
    output: outputOf(parameters.get('output') ?? 'default'),
  };
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
