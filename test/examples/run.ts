import { CallError, type Handler, type Input, type Versions } from '../../examples/algorithm';

/** Any time will do. */
const NO_HURRY = { checkDeadline: (): void => undefined };

export const json = (value: unknown): Input => ({ kind: 'json', value });
export const text = (value: string): Input => ({ kind: 'text', text: value });
export const binary = (bytes: Buffer): Input => ({ kind: 'binary', bytes });

export function handlerOf(versions: Versions, version: string): Handler {
  const handler = versions[version];
  if (handler === undefined) throw new Error(`no version ${version}`);
  return handler;
}

/** What a version answers: its JSON, or its error as `[error_type, message]`. */
export function run(versions: Versions, version: string, input: Input): unknown {
  try {
    const output = handlerOf(versions, version)(input, NO_HURRY);
    return output.kind === 'json' ? output.value : output;
  } catch (error) {
    if (error instanceof CallError) return [error.type, error.message];
    throw error;
  }
}
