import {
  isNonNullType,
  Kind,
  print,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { DataKeys } from './aliases';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** One operation of a caller's document, with what it may use. */
export interface Operation {
  readonly definition: OperationDefinitionNode;
  readonly fragments: Fragments;
  /** What the gateway's data calls its fields. */
  readonly keys: DataKeys;
}

/** A part of an operation that is planned and run by itself. */
export interface Part {
  readonly text: string;
  /** The data key of the one root field, when null in it ends a mutation (it is non-null in the schema). */
  readonly vital: string | null;
}

const NO_FIELDS: ReadonlySet<string> = new Set();

/**
 * The operation named `operationName`, or the only one; null when there is none or too many.
 * @param withArguments names of the supergraph's fields that have arguments; to plan an operation, they must be given
 */
export function findOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
  withArguments: ReadonlySet<string> = NO_FIELDS,
): Operation | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    else if (node.kind === Kind.OPERATION_DEFINITION) operations.push(node);
  }
  const wanted =
    operationName == null ? operations : operations.filter(({ name }) => name?.value === operationName);
  const [definition, ...others] = wanted;
  if (definition === undefined || others.length > 0) return null;
  return { definition, fragments, keys: new DataKeys(withArguments) };
}

/** The text of the whole operation as the planner is to see it, or null when nothing of it is for a subgraph. */
export function wholeOperation(operation: Operation): string | null {
  const forSubgraphs = operation.definition.selectionSet.selections.some(
    (node) => node.kind !== Kind.FIELD || !isMeta(node),
  );
  return forSubgraphs ? textOf(operation) : null;
}

/**
 * An operation as one part per root field. For a mutation, "serially" means that a field, with all that is selected below it, is
 * complete before the next one starts (GraphQL specification, 6.2.2); plans fetch what is below the one alongside
 * the other.
 */
export function rootFieldsOf(operation: Operation, schema: GraphQLSchema): Part[] {
  const { definition, fragments, keys } = operation;
  const byKey = new Map<string, { field: FieldNode; selections: SelectionNode[] }>();
  flatten(definition.selectionSet.selections, (node) => node, new Set());
  const fields = schema.getRootType(definition.operation)?.getFields() ?? {};
  return [...byKey].map(([key, { field, selections }]) => ({
    text: textOf({
      ...operation,
      definition: { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } },
    }),
    vital: isNonNullType(fields[field.name.value]?.type) ? key : null,
  }));

  function flatten(
    selections: readonly SelectionNode[],
    wrap: (node: SelectionNode) => SelectionNode,
    spread: ReadonlySet<string>,
  ): void {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        if (isMeta(node)) continue;
        const known = byKey.get(keys.of(node)) ?? { field: node, selections: [] };
        known.selections.push(wrap(node));
        byKey.set(keys.of(node), known);
        continue;
      }
      const name = node.kind === Kind.FRAGMENT_SPREAD ? node.name.value : null;
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
      if (fragment === undefined || (name !== null && spread.has(name))) continue;
      const { directives } = node;
      const under = (inner: SelectionNode): SelectionNode =>
        wrap({
          kind: Kind.INLINE_FRAGMENT,
          ...(directives ? { directives } : {}),
          selectionSet: { kind: Kind.SELECTION_SET, selections: [inner] },
        });
      flatten(fragment.selectionSet.selections, under, name === null ? spread : new Set([...spread, name]));
    }
  }
}

/** Answered from the public schema, never by a subgraph. */
export function isMeta(field: FieldNode): boolean {
  return field.name.value === '__typename' || isIntrospection(field);
}

export function isIntrospection(field: FieldNode): boolean {
  return field.name.value === '__schema' || field.name.value === '__type';
}

/**
 * Introspection becomes `__typename` (the planner knows no `__schema`, and an empty selection is no selection);
 * aliases become the keys of the gateway's data.
 */
function textOf({ definition, fragments, keys }: Operation): string {
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition, ...fragments.values()] };
  const planned = visit(document, {
    [Kind.FIELD]: (node): FieldNode | undefined => {
      if (isMeta(node)) {
        const { directives } = node;
        const name = { kind: Kind.NAME, value: '__typename' } as const;
        return { kind: Kind.FIELD, name, ...(directives ? { directives } : {}) };
      }
      const key = keys.of(node);
      if (key === (node.alias?.value ?? node.name.value)) return undefined;
      return { ...node, alias: { kind: Kind.NAME, value: key } };
    },
  });
  return print(planned);
}
