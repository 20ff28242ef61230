import {
  execute,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
} from 'graphql';
import type { Operation } from './operation';

/** The value of the `__schema` or `__type` field under `responseKey`. */
export type Introspect = (responseKey: string, variables: Readonly<Record<string, unknown>>) => unknown;

/** Answers introspection from the public schema: no subgraph is asked. */
export function introspector(
  schema: GraphQLSchema,
  { definition, fragments }: Operation,
  nodes: readonly FieldNode[],
): Introspect {
  const { variableDefinitions } = definition;
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        ...(variableDefinitions ? { variableDefinitions } : {}),
        selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
      },
      ...fragments.values(),
    ],
  };
  const ask: Introspect = (responseKey, variables) => {
    const result = execute({ schema, document, variableValues: variables });
    return 'data' in result ? (result.data?.[responseKey] ?? null) : null;
  };
  return variableDefinitions === undefined || variableDefinitions.length === 0 ? once(ask) : ask;
}

/** Without variables the answer is always the same, and large. */
function once(ask: Introspect): Introspect {
  let known: unknown;
  return (responseKey, variables) => (known ??= ask(responseKey, variables));
}
