import type { z } from 'zod';

import { inputError } from './algorithm';

/**
 * Reads `value` by `schema`.
 *
 * @throws `InputError` with the path of the first fault: `clients[2].samples: Invalid input: …`
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw inputError(issue === undefined ? 'invalid input' : `${pathText(issue.path)}: ${issue.message}`);
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'input';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}
