import type { FieldNode } from 'graphql';

/**
 * The planner keeps the caller's aliases as keys of the gateway's data, where `{ id: name }` overwrites the key
 * field `id` that a later fetch needs, and a later fetch of a required field overwrites what the caller aliased.
 * So an aliased field, or one with arguments, gets a key of its own before planning: no field of a schema is
 * named like it, and equal response keys stay equal.
 */
const PREFIX = '_alias_';

/** The key under which the gateway's data holds this field of the caller's document. */
export function dataKeyOf(field: FieldNode): string {
  const name = field.name.value;
  const responseKey = field.alias?.value ?? name;
  if (name === '__typename') return name;
  const plain = responseKey === name && (field.arguments === undefined || field.arguments.length === 0);
  return plain ? name : PREFIX + responseKey;
}

/** The caller's response key for a key of the gateway's data. */
export function responseKeyOf(dataKey: string): string {
  return dataKey.startsWith(PREFIX) ? dataKey.slice(PREFIX.length) : dataKey;
}
