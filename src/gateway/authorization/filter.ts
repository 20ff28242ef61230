import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Operation } from '../operation';
import type { Access } from './access';

/**
 * `operation` without what its caller may not have: what is left is planned and run. A field that only some types of
 * an interface may give is asked of these. Where nothing is left of a selection `__typename` stays, since whether
 * there is an object is for the caller to know.
 */
export function filtered({ definition, fragments, keys }: Operation, access: Access): Operation {
  const kept = new Map<string, FragmentDefinitionNode>();
  for (const [name, fragment] of fragments)
    kept.set(name, { ...fragment, selectionSet: selectionSet(fragment.selectionSet) });
  return {
    definition: { ...definition, selectionSet: selectionSet(definition.selectionSet) },
    fragments: kept,
    keys,
  };

  function selectionSet(node: SelectionSetNode): SelectionSetNode {
    const selections = node.selections.flatMap(selection);
    return { ...node, selections: selections.length === 0 ? [TYPENAME] : selections };
  }

  function selection(node: SelectionNode): readonly SelectionNode[] {
    if (node.kind === Kind.FRAGMENT_SPREAD) return [node];
    if (node.kind === Kind.INLINE_FRAGMENT)
      return [{ ...node, selectionSet: selectionSet(node.selectionSet) }];
    const allowed = access.allowedTypes(node);
    const field: FieldNode =
      node.selectionSet === undefined ? node : { ...node, selectionSet: selectionSet(node.selectionSet) };
    return allowed === null ? [field] : allowed.map((type) => onType(type, field));
  }
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function onType(type: string, field: FieldNode): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  };
}
