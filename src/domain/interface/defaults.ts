import {
  type ConstObjectValueNode,
  type ConstValueNode,
  getNullableType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  type InputValueDefinitionNode,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  print,
} from 'graphql';

/** An argument of a function, or a field of an input type. */
export type Input = GraphQLArgument | GraphQLInputField;

const PLAIN_SCALARS: ReadonlySet<unknown> = new Set([GraphQLString, GraphQLID, GraphQLBoolean]);
const NUMERIC_SCALARS: ReadonlySet<unknown> = new Set([GraphQLInt, GraphQLFloat]);
const MAX_SHOWN = 40;

/**
 * The defaults of inputs, kept apart from the schemas that graphql builds of their interfaces. Where a schema has
 * them, graphql works out their values: it throws where it compares an object of a custom scalar or a number that
 * is none, rounds large numbers of custom scalars, and takes time without bound where types with defaults refer to
 * each other.
 */
export class Defaults {
  private readonly literals = new Map<InputValueDefinitionNode, ConstValueNode>();
  private readonly meanings = new Map<Input, string | null>();

  /** The definition without its default, which is kept here under it. */
  take(node: InputValueDefinitionNode): InputValueDefinitionNode {
    const { defaultValue, ...bare } = node;
    if (defaultValue !== undefined) this.literals.set(bare, defaultValue);
    return bare;
  }

  /** Whether callers must give it. */
  isRequired(input: Input): boolean {
    return isNonNullType(input.type) && this.literalOf(input) === undefined;
  }

  /** A text that two defaults share if they mean the same: `1` and `1.0` for a Float, `[A]` and `A`; null: none. */
  meaningOf(input: Input): string | null {
    const known = this.meanings.get(input);
    if (known !== undefined) return known;
    const literal = this.literalOf(input);
    const meaning = literal === undefined ? null : this.read(literal, input.type);
    this.meanings.set(input, meaning);
    return meaning;
  }

  /** As written, for people, shortened. */
  textOf(input: Input): string {
    const literal = this.literalOf(input);
    if (literal === undefined) return 'none';
    const text = print(literal).replaceAll(/\s+/g, ' ');
    return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  }

  private literalOf({ astNode }: Input): ConstValueNode | undefined {
    return astNode == null ? undefined : this.literals.get(astNode);
  }

  private read(node: ConstValueNode, wrapped: GraphQLInputType): string {
    const type = getNullableType(wrapped);
    if (node.kind === Kind.NULL) return 'null';
    if (isListType(type)) {
      const items = node.kind === Kind.LIST ? node.values : [node];
      return `[${items.map((item) => this.read(item, type.ofType)).join()}]`;
    }
    if (isInputObjectType(type) && node.kind === Kind.OBJECT) return this.readObject(node, type);
    if (NUMERIC_SCALARS.has(type) && 'value' in node) return String(Number(node.value));
    if ((PLAIN_SCALARS.has(type) || isEnumType(type)) && 'value' in node) return JSON.stringify(node.value);
    return untyped(node);
  }

  /** A field that is given what it would have anyway says nothing. */
  private readObject(node: ConstObjectValueNode, type: GraphQLInputObjectType): string {
    const known = type.getFields();
    const fields = node.fields.flatMap(({ name: { value: name }, value }) => {
      const field = known[name];
      if (field === undefined) return [];
      const meaning = this.read(value, field.type);
      return meaning === this.meaningOf(field) ? [] : [`${name}:${meaning}`];
    });
    return `{${fields.sort().join()}}`;
  }
}

/** A literal of a custom scalar, of which nothing but its spelling is known. */
function untyped(node: ConstValueNode): string {
  switch (node.kind) {
    case Kind.LIST:
      return `[${node.values.map(untyped).join()}]`;
    case Kind.OBJECT:
      return `{${node.fields
        .map((field) => `${field.name.value}:${untyped(field.value)}`)
        .sort()
        .join()}}`;
    case Kind.STRING:
      return JSON.stringify(node.value);
    case Kind.NULL:
      return 'null';
    case Kind.INT:
    case Kind.FLOAT:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return String(node.value);
  }
}
