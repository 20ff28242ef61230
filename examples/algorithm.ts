/** What an example algorithm is: a function from an input to an output, for each of its versions. */

/** The input as its content type says it. */
export type Input =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer };

export type Output = Input;

/** How the call is going: long work asks now and then whether anyone still waits for it. */
export interface Progress {
  /** Throws a `TimeoutError` when the deadline of the call has passed. */
  checkDeadline(): void;
}

export type Handler = (input: Input, progress: Progress) => Output;

/** The handlers of an algorithm by version; each is served under the path `/<version>`. */
export type Versions = Readonly<Record<string, Handler>>;

export type ErrorType = 'InputError' | 'TimeoutError' | 'UnsupportedError' | 'AlgorithmError';

/** An error that the caller is to see. Anything else that is thrown is a fault of the algorithm. */
export class CallError extends Error {
  constructor(
    readonly type: ErrorType,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The caller's input is at fault; `message` says what was expected. */
export function inputError(message: string): CallError {
  return new CallError('InputError', 400, message);
}

/** A handler that takes JSON and gives JSON. */
export function fromJson(work: (value: unknown, progress: Progress) => unknown): Handler {
  return (input, progress) => {
    if (input.kind !== 'json') throw inputError('expected application/json');
    return { kind: 'json', value: work(input.value, progress) };
  };
}

/** A handler that takes text and gives JSON. */
export function fromText(work: (text: string) => unknown): Handler {
  return (input) => {
    if (input.kind !== 'text') throw inputError('expected text/plain');
    return { kind: 'json', value: work(input.text) };
  };
}

/** A handler that takes bytes and gives JSON. */
export function fromBytes(work: (bytes: Buffer) => unknown): Handler {
  return (input) => {
    if (input.kind !== 'binary') throw inputError('expected application/octet-stream');
    return { kind: 'json', value: work(input.bytes) };
  };
}
