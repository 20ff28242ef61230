import {
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';
import type { CostDirectives } from './directives';
import { sum, type Term, type Variables } from './terms';

/** The value of something in a document: of a literal now, of what has variables in it once they are known. */
export type Value = (variables: Variables) => unknown;

/** An input object that no weight is given for; scalars and enums weigh nothing. */
const INPUT_OBJECT = 1;

/** What the arguments of a field cost: those that are given, and what is in them. */
export function argumentsTerm(
  directives: CostDirectives,
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Term {
  return sum(
    field.args.map((argument): Term => {
      const at = `${coordinate}.${argument.name}`;
      const given = argumentValue(argument, node);
      const cost = (value: unknown): number => inputCost(directives, at, argument.type, value);
      return typeof given === 'function' ? (variables) => cost((given as Value)(variables)) : cost(given);
    }),
  );
}

/** What an argument is: a function where variables have a part in it, undefined where it is not there at all. */
export function argumentValue(argument: GraphQLArgument, node: FieldNode): unknown {
  const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
  if (given === undefined) return argument.defaultValue;
  const isOpen = hasVariables(given);
  const value: Value = (variables) => {
    const known = valueIn(given, variables);
    return known === undefined ? argument.defaultValue : known;
  };
  return isOpen ? value : value({});
}

function inputCost(
  directives: CostDirectives,
  coordinate: string,
  type: GraphQLInputType,
  value: unknown,
): number {
  if (value === undefined || value === null) return 0;
  if (isNonNullType(type)) return inputCost(directives, coordinate, type.ofType, value);
  if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return items.reduce<number>(
      (total, item) => total + inputCost(directives, coordinate, type.ofType, item),
      0,
    );
  }
  const named = getNamedType(type);
  const own = directives.weights.get(coordinate) ?? directives.weights.get(named.name);
  if (!isInputObjectType(named)) return own ?? 0;
  const given = typeof value === 'object' ? (value as Record<string, unknown>) : {};
  return Object.values(named.getFields()).reduce((total: number, field: GraphQLInputField) => {
    const inner = Object.hasOwn(given, field.name) ? given[field.name] : field.defaultValue;
    return total + inputCost(directives, `${named.name}.${field.name}`, field.type, inner);
  }, own ?? INPUT_OBJECT);
}

function hasVariables(node: ValueNode): boolean {
  switch (node.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return node.values.some(hasVariables);
    case Kind.OBJECT:
      return node.fields.some(({ value }) => hasVariables(value));
    default:
      return false;
  }
}

function valueIn(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return Object.hasOwn(variables, node.name.value) ? variables[node.name.value] : undefined;
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((value) => valueIn(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, valueIn(value, variables)]),
      );
    default:
      return node.value;
  }
}
