import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  buildSchema,
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** What callers see, as it is committed. */
export function publicApi(): GraphQLSchema {
  return buildSchema(readFileSync(join(__dirname, '../../../schema/api.graphql'), 'utf8'));
}

/** Values, as they stand in a document, by the names of arguments. */
export type Arguments = Readonly<Record<string, string>>;

/** How deep objects are looked into, below the field that a query is for. */
const DEPTH = 2;

/**
 * Queries that reach every field of the types that a root field leads to: one for each field of its type, so that none
 * is over the limits of the graph.
 * @param given the root field with its arguments: `algorithm(ref: "acme/open")`
 * @param values of the arguments that fields need; one without a value is an error, so that no field is left out
 */
export function queriesFor(schema: GraphQLSchema, given: string, values: Arguments): string[] {
  const name = /^\w+/.exec(given)?.[0] ?? '';
  const field = schema.getQueryType()?.getFields()[name];
  if (field === undefined) throw new Error(`there is no field Query.${name}`);
  const type = getNamedType(field.type);
  if (isInterfaceType(type)) {
    const fragments = schema.getPossibleTypes(type).map((possible) => {
      return `... on ${possible.name} { ${leavesOf(possible, values).join(' ')} }`;
    });
    return [`{ ${given} { __typename ${fragments.join(' ')} } }`];
  }
  if (!isObjectType(type)) return [`{ ${given} }`];
  return Object.values(type.getFields()).map((each) => {
    return `{ ${given} { __typename ${selectionOf(each, values, DEPTH, [type])} } }`;
  });
}

function selectionOf(
  field: GraphQLField<unknown, unknown>,
  values: Arguments,
  depth: number,
  path: readonly GraphQLNamedType[],
): string {
  const type = getNamedType(field.type);
  const asked = `${field.name}${argumentsOf(field, values)}`;
  if (!isObjectType(type)) return asked;
  const isWay = type.name.endsWith('Connection') || type.name.endsWith('Edge');
  const below = Object.values(type.getFields()).flatMap((each) => {
    const next = getNamedType(each.type);
    if (isLeafType(next)) return [selectionOf(each, values, depth, path)];
    // the way through a connection is no depth of its own, and what is above is not looked into again
    if ((depth === 0 && !isWay) || path.includes(next)) return [];
    return [selectionOf(each, values, isWay ? depth : depth - 1, [...path, type])];
  });
  return `${asked} { __typename ${below.join(' ')} }`;
}

function leavesOf(type: GraphQLObjectType, values: Arguments): string[] {
  return Object.values(type.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)))
    .map((field) => selectionOf(field, values, 0, [type]));
}

function argumentsOf(field: GraphQLField<unknown, unknown>, values: Arguments): string {
  const given = field.args.flatMap((argument) => {
    const value = argument.name === 'first' ? '2' : values[argument.name];
    if (value !== undefined && (isRequiredArgument(argument) || argument.name === 'first')) {
      return [`${argument.name}: ${value}`];
    }
    if (isRequiredArgument(argument)) throw new Error(`no value for ${field.name}(${argument.name}:)`);
    return [];
  });
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}
