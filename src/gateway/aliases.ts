import { Kind, print, type DocumentNode, type FieldNode, type ValueNode } from 'graphql';

const PREFIX = '_alias';
const ALIASED = /^_alias\d+_/;

/**
 * The keys under which the gateway's data holds the fields of one operation.
 *
 * The planner keeps the caller's aliases as keys of the data, where `{ id: name }` overwrites the key field `id` that a
 * later fetch needs, and a later fetch of a required field overwrites what the caller aliased. Where objects of different
 * types have one response key for different fields or arguments, as GraphQL allows, and are entities of one fetch further
 * down, it does not even return: it ends the process. So a field that is aliased or may have arguments gets a key of its
 * own before planning: no field of a schema is named like it, two fields have the same key only if they also have the
 * same name and arguments, and equal response keys of one object stay equal.
 */
export class DataKeys {
  private readonly numbers = new Map<string, number>();

  /** @param withArguments names of fields that some type gives arguments: a `@requires` may need them with others */
  constructor(private readonly withArguments: ReadonlySet<string>) {}

  of(field: FieldNode): string {
    const name = field.name.value;
    const responseKey = field.alias?.value ?? name;
    if (name === '__typename' || (responseKey === name && !this.withArguments.has(name))) return name;
    const spelling = `${name}${argumentsOf(field)}`;
    const number = this.numbers.get(spelling) ?? this.numbers.size;
    this.numbers.set(spelling, number);
    return `${PREFIX}${number}_${responseKey}`;
  }
}

/** The caller's response key for a key of the gateway's data. */
export function responseKeyOf(dataKey: string): string {
  return dataKey.replace(ALIASED, '');
}

/** The names of all fields of the supergraph that have arguments, on whatever type. */
export function fieldsWithArguments(supergraph: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of node.fields ?? [])
      if ((field.arguments ?? []).length > 0) names.add(field.name.value);
  }
  return names;
}

/** In one order, as GraphQL compares them: two selections of one key may spell the same arguments differently. */
function argumentsOf(field: FieldNode): string {
  const spelled = (field.arguments ?? []).map(({ name, value }) => `${name.value}:${valueOf(value)}`);
  return spelled.length === 0 ? '' : `(${spelled.sort().join(',')})`;
}

function valueOf(value: ValueNode): string {
  if (value.kind === Kind.LIST) return `[${value.values.map(valueOf).join(',')}]`;
  if (value.kind !== Kind.OBJECT) return print(value);
  return `{${value.fields
    .map((field) => `${field.name.value}:${valueOf(field.value)}`)
    .sort()
    .join(',')}}`;
}
