import { Kind, parse, type SelectionSetNode } from 'graphql';

import type { SupergraphIndex } from './supergraph-index';

/** The fields that a field set of Federation selects, as `Type.field`. @throws GraphQLError where it is none */
export function coordinatesOf(index: SupergraphIndex, typeName: string, fieldSet: string): string[] {
  const found: string[] = [];
  const [operation] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
  if (operation?.kind === Kind.OPERATION_DEFINITION) walk(operation.selectionSet, typeName);
  return found;

  function walk({ selections }: SelectionSetNode, type: string): void {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, selection.typeCondition?.name.value ?? type);
      } else if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        if (name !== '__typename') found.push(`${type}.${name}`);
        const next = index.get(type)?.fields.get(name)?.typeName;
        if (selection.selectionSet !== undefined && next !== undefined) walk(selection.selectionSet, next);
      }
    }
  }
}
