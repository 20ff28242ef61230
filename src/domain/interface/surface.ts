import {
  buildASTSchema,
  type DocumentNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  parse,
  visit,
} from 'graphql';

import type { Defaults } from './defaults';

/** A build without an interface. No document of anyone's says this, since a type must have fields. */
const NO_FUNCTIONS = 'type Query';

/** What callers see of an interface: its functions, and the types that they reach. */
export interface Surface {
  /** Its root is `Query`, however the document calls it; without defaults, see `Defaults`. */
  readonly schema: GraphQLSchema;
  /** The names of the types in use that callers send. An enum or a scalar may be in both. */
  readonly inputs: ReadonlySet<string>;
  /** The names of the types in use that callers are answered with. */
  readonly outputs: ReadonlySet<string>;
}

/** Whether callers meet this type at all: what is out of reach from `Query` is nothing to them. */
export function inUse({ inputs, outputs }: Surface, type: string): boolean {
  return inputs.has(type) || outputs.has(type);
}

/**
 * @param sdl that `assertInterface` has accepted; null: no interface, like one without functions
 * @param defaults where to keep the defaults of its inputs
 */
export function surfaceOf(sdl: string | null, defaults: Defaults): Surface {
  const document = parse(sdl ?? NO_FUNCTIONS, { noLocation: true });
  const schema = schemaOf(document, defaults);
  const root = schema.getQueryType()?.name ?? 'Query';
  const named = root === 'Query' ? schema : schemaOf(exchangeNames(document, root, 'Query'), defaults);
  return { schema: named, ...typesInUse(named) };
}

function schemaOf(document: DocumentNode, defaults: Defaults): GraphQLSchema {
  const bare = visit(document, { InputValueDefinition: (node) => defaults.take(node) });
  return buildASTSchema(bare, { assumeValidSDL: true });
}

/** Callers do not see how a document calls its root. What else is called `Query` gets the name that becomes free. */
function exchangeNames(document: DocumentNode, a: string, b: string): DocumentNode {
  const names = new Map([
    [a, b],
    [b, a],
  ]);
  return visit(document, {
    enter: (node) => {
      if (node.kind !== Kind.NAMED_TYPE && !isTypeDefinitionNode(node) && !isTypeExtensionNode(node)) return;
      const value = names.get(node.name.value);
      return value === undefined ? undefined : { ...node, name: { ...node.name, value } };
    },
  });
}

/**
 * A type is in use if a value of it can be sent or answered. An interface that a type in use implements, and that
 * no field is of, is not: callers cannot come across it.
 */
function typesInUse(schema: GraphQLSchema): Pick<Surface, 'inputs' | 'outputs'> {
  const inputs = new Set<string>();
  const outputs = new Set<string>();
  const open: GraphQLNamedType[] = [];
  const reach = (reached: Set<string>, type: GraphQLType): void => {
    const named = getNamedType(type);
    if (reached.has(named.name)) return;
    reached.add(named.name);
    open.push(named);
  };
  const root = schema.getQueryType();
  if (root != null) reach(outputs, root);
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) reach(inputs, field.type);
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        reach(outputs, field.type);
        for (const arg of field.args) reach(inputs, arg.type);
      }
    }
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) reach(outputs, possible);
  }
  return { inputs, outputs };
}
