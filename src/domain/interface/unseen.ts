import {
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLFieldMap,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

import { annotationChanges, definitionChanges } from './annotations';
import { inputChanges, orderChanges, type TypeChanges } from './input-changes';
import { isStandardScalar, type Pair } from './judge';
import type { InterfaceChange } from './report';
import { inUse } from './surface';

type Fields = GraphQLFieldMap<unknown, unknown>;
type Field = GraphQLField<unknown, unknown>;

/** What the finders told already. */
export interface Told {
  readonly types: TypeChanges;
  /** Names of directives. */
  readonly directives: ReadonlySet<string>;
}

/** The changes of an interface that graphql's finders do not tell of. */
export function unseenChanges(pair: Pair, told: Told): readonly InterfaceChange[] {
  const { before, after } = pair;
  const types = Object.values(after.schema.getTypeMap()).filter(({ name }) => inUse(after, name));
  return [
    ...annotationChanges('schema', before.schema, after.schema),
    ...definitionChanges(pair, told.directives),
    ...types.flatMap((is) => {
      const was = before.schema.getType(is.name);
      if (was === undefined) return addedType(is, pair);
      return inUse(before, is.name) ? typeChanges(was, is, pair, told.types) : [];
    }),
  ];
}

/** A new type is welcome, but not as one more kind of answer. */
function addedType(type: GraphQLNamedType, { before }: Pair): readonly InterfaceChange[] {
  const { name: path } = type;
  if (isStandardScalar(path)) return [];
  const changes: InterfaceChange[] = [
    { severity: 'SAFE', code: 'TYPE_ADDED', path, message: `${path} was added.` },
  ];
  for (const { name } of isObjectType(type) ? type.getInterfaces() : []) {
    if (!before.outputs.has(name)) continue;
    const message = `${name} has a new implementation, ${path}.`;
    changes.push({ severity: 'DANGEROUS', code: 'IMPLEMENTED_INTERFACE_ADDED', path, message });
  }
  return changes;
}

function typeChanges(
  was: GraphQLNamedType,
  is: GraphQLNamedType,
  pair: Pair,
  types: TypeChanges,
): readonly InterfaceChange[] {
  // another kind of type under the same name: told by the finders, and nothing in it compares
  if (was.constructor !== is.constructor) return [];
  const annotations = annotationChanges(is.name, was, is);
  if ((isObjectType(was) || isInterfaceType(was)) && (isObjectType(is) || isInterfaceType(is))) {
    return [...annotations, ...fieldChanges(is.name, was.getFields(), is.getFields(), pair, types)];
  }
  if (isInputObjectType(was) && isInputObjectType(is)) {
    return [...annotations, ...inputTypeChanges(was, is, pair, types)];
  }
  return isEnumType(was) && isEnumType(is) ? [...annotations, ...valueChanges(was, is)] : annotations;
}

function fieldChanges(
  type: string,
  fieldsBefore: Fields,
  fieldsAfter: Fields,
  pair: Pair,
  types: TypeChanges,
): readonly InterfaceChange[] {
  return Object.values(fieldsAfter).flatMap((is): readonly InterfaceChange[] => {
    const path = `${type}.${is.name}`;
    const was = fieldsBefore[is.name];
    return was === undefined
      ? [{ severity: 'SAFE', code: 'FIELD_ADDED', path, message: `${path} was added.` }]
      : oneFieldChanges(path, was, is, pair, types);
  });
}

function oneFieldChanges(
  path: string,
  was: Field,
  is: Field,
  pair: Pair,
  types: TypeChanges,
): readonly InterfaceChange[] {
  const known = new Map(was.args.map((arg) => [arg.name, arg]));
  return [
    ...annotationChanges(path, was, is),
    ...outputChanges(path, String(was.type), String(is.type), types),
    ...orderChanges(path, was.args, is.args),
    ...is.args.flatMap((arg) => {
      const before = known.get(arg.name);
      if (before === undefined) return [];
      return inputChanges(`${path}(${arg.name}:)`, [before, arg], false, pair.defaults, types);
    }),
  ];
}

/** A change of the type that the finders have nothing against: something in it is always there now. */
function outputChanges(
  path: string,
  was: string,
  is: string,
  types: TypeChanges,
): readonly InterfaceChange[] {
  if (was === is || types.has(path)) return [];
  const message = `${path} is null in fewer places: its type changed from ${was} to ${is}.`;
  return [{ severity: 'SAFE', code: 'OUTPUT_BECAME_NON_NULL', path, message }];
}

function inputTypeChanges(
  was: GraphQLInputObjectType,
  is: GraphQLInputObjectType,
  pair: Pair,
  types: TypeChanges,
): readonly InterfaceChange[] {
  const known = was.getFields();
  return [
    ...oneOfChanges(is.name, was.isOneOf, is.isOneOf),
    ...Object.values(is.getFields()).flatMap((field) => {
      const before = known[field.name];
      if (before === undefined) return [];
      return inputChanges(`${is.name}.${field.name}`, [before, field], true, pair.defaults, types);
    }),
  ];
}

/** With `@oneOf`, callers that gave two fields, or none, are refused. */
function oneOfChanges(path: string, was: boolean, is: boolean): readonly InterfaceChange[] {
  if (was === is) return [];
  if (!is) {
    const message = `${path} no longer wants exactly one field.`;
    return [{ severity: 'SAFE', code: 'INPUT_CEASED_ONE_OF', path, message }];
  }
  const message = `${path} wants exactly one field now.`;
  return [{ severity: 'BREAKING', code: 'INPUT_BECAME_ONE_OF', path, message }];
}

function valueChanges(was: GraphQLEnumType, is: GraphQLEnumType): readonly InterfaceChange[] {
  return is.getValues().flatMap((value) => {
    const before = was.getValue(value.name);
    return before == null ? [] : annotationChanges(`${is.name}.${value.name}`, before, value);
  });
}
