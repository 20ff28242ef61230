import {
  type GraphQLArgument,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

import { cut, kindOf, listed } from './input-fault';

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);

/** A type of an input, with what a check needs of it and nothing else: it is kept for long. */
export interface InputType {
  /** As the interface has it, for messages: `[Float!]!`. */
  readonly written: string;
  readonly nullable: boolean;
  readonly shape: Shape;
}

type Shape =
  /** A scalar of the interface's own: only its author knows what it takes. */
  | { readonly kind: 'any' }
  | { readonly kind: 'leaf'; readonly wrong: Wrong; readonly hint: string }
  | { readonly kind: 'list'; readonly item: InputType }
  | { readonly kind: 'object'; readonly fields: Fields };

/** What a value that is not null is, where it is none of a type; null where it is one. */
type Wrong = (value: unknown) => string | null;

/** What has names: the inputs of a function, the fields of an input object. */
export interface Fields {
  readonly types: ReadonlyMap<string, InputType>;
  /** Those that may not be left out. */
  readonly required: readonly string[];
  /** What a name may be, for messages. */
  readonly names: string;
  /** Exactly one of them is given, and it is not null. */
  readonly oneOf: boolean;
}

/** The named types that were met before: each is made once, and input objects may refer to themselves. */
type Shapes = Map<string, Shape>;

/** The inputs of each function of an interface: the arguments of the fields of its `Query`. */
export function compileFunctions(schema: GraphQLSchema): ReadonlyMap<string, Fields> {
  const shapes: Shapes = new Map();
  const functions = Object.values(schema.getQueryType()?.getFields() ?? {});
  return new Map(functions.map(({ name, args }) => [name, inputsOf(args, shapes)]));
}

function inputsOf(inputs: readonly GraphQLArgument[], shapes: Shapes): Fields {
  return {
    types: new Map(inputs.map(({ name, type }) => [name, inputType(type, shapes)])),
    required: inputs.filter(isRequiredArgument).map(({ name }) => name),
    names: namesOf(inputs),
    oneOf: false,
  };
}

function inputType(type: GraphQLInputType, shapes: Shapes): InputType {
  const bare = isNonNullType(type) ? type.ofType : type;
  const shape: Shape = isListType(bare)
    ? { kind: 'list', item: inputType(bare.ofType, shapes) }
    : (shapes.get(bare.name) ?? namedShape(bare, shapes));
  return { written: cut(String(type)), nullable: bare === type, shape };
}

function namedShape(type: GraphQLNamedInputType, shapes: Shapes): Shape {
  if (isInputObjectType(type)) return objectShape(type, shapes);
  const shape = isEnumType(type)
    ? enumShape(type.getValues().map(({ name }) => name))
    : scalarShape(type.name);
  shapes.set(type.name, shape);
  return shape;
}

function objectShape(type: GraphQLInputObjectType, shapes: Shapes): Shape {
  const members = Object.values(type.getFields());
  const types = new Map<string, InputType>();
  const required = members.filter(isRequiredInputField).map(({ name }) => name);
  const fields: Fields = { types, required, names: namesOf(members), oneOf: type.isOneOf };
  const shape: Shape = { kind: 'object', fields };
  shapes.set(type.name, shape); // before its fields, which may be of this type
  for (const { name, type: own } of members) {
    const member = inputType(own, shapes);
    types.set(name, type.isOneOf ? { ...member, nullable: false, written: `${member.written}!` } : member);
  }
  return shape;
}

function enumShape(names: readonly string[]): Shape {
  const known = new Set<unknown>(names);
  const wrong: Wrong = (value) => {
    if (known.has(value)) return null;
    return typeof value === 'string' ? 'another name' : kindOf(value);
  };
  return { kind: 'leaf', wrong, hint: ` (one of ${listed(names)})` };
}

function scalarShape(name: string): Shape {
  const wrong = SCALARS.get(name);
  return wrong === undefined ? { kind: 'any' } : { kind: 'leaf', wrong, hint: '' };
}

/** The scalars of GraphQL itself. Source: GraphQL, "Scalars", input coercion; without the coercion. */
const SCALARS: ReadonlyMap<string, Wrong> = new Map<string, Wrong>([
  ['Int', wrongInt],
  ['Float', wrongFloat],
  ['String', (value) => (typeof value === 'string' ? null : kindOf(value))],
  ['Boolean', (value) => (typeof value === 'boolean' ? null : kindOf(value))],
  ['ID', (value) => (typeof value === 'string' ? null : wrongInteger(value))],
]);

function wrongInt(value: unknown): string | null {
  const wrong = wrongInteger(value);
  if (wrong !== null) return wrong;
  return Number(value) >= MIN_INT && Number(value) <= MAX_INT ? null : 'an integer of more than 32 bits';
}

/** JSON has numbers that a double cannot hold: `1e999`. */
function wrongFloat(value: unknown): string | null {
  if (typeof value !== 'number') return kindOf(value);
  return Number.isFinite(value) ? null : 'a number out of range';
}

function wrongInteger(value: unknown): string | null {
  if (typeof value !== 'number') return kindOf(value);
  return Number.isInteger(value) ? null : 'a number that is no integer';
}

function namesOf(members: readonly { readonly name: string }[]): string {
  return members.length === 0 ? 'no inputs' : `one of ${listed(members.map(({ name }) => name))}`;
}
