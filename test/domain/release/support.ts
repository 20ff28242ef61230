import { AlgogateError } from '../../../src/domain/errors';

/** Everything that is told of the refusal of `action`. */
export function refusalOf(action: () => unknown): {
  code: string;
  message: string;
  field?: readonly string[];
} {
  try {
    action();
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    const { code, message, field } = error;
    return { code, message, ...(field !== undefined && { field }) };
  }
  throw new Error('nothing was refused');
}

export function time(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`a test wants a time, and ${text} is none`);
  return at;
}
