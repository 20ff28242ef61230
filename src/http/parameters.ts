import { AlgogateError } from '../domain/errors';

/**
 * The parameter of a query string that may stand there once; null where it does not. A `+` is a plus: it stands in
 * times and positions, which have no spaces.
 * @param query without its `?`
 * @throws AlgogateError INVALID_INPUT
 */
export function onlyParameter(query: string, name: string): string | null {
  const found = query.split('&').filter((part) => part === name || part.startsWith(`${name}=`));
  if (found.length > 1) throw new AlgogateError('INVALID_INPUT', `${name} is given more than once`, [name]);
  const [part] = found;
  return part === undefined ? null : decoded(part.slice(name.length + 1), name);
}

/**
 * A parameter that is `true` or `false`, which is what it is where it does not stand there.
 * @throws AlgogateError INVALID_INPUT
 */
export function isTrue(query: string, name: string): boolean {
  const text = onlyParameter(query, name) ?? 'false';
  if (text !== 'true' && text !== 'false') {
    throw new AlgogateError('INVALID_INPUT', `${name} must be true or false`, [name]);
  }
  return text === 'true';
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AlgogateError('INVALID_INPUT', `${name} has a malformed percent escape`, [name]);
  }
}
