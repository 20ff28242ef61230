import { BREAK, Kind, visit, type ASTNode, type DirectiveNode, type SelectionSetNode } from 'graphql';
import type { Operation } from './operation';
import { included, isCondition, type Conditions } from './selections';

/**
 * The operation as it is to be planned for these values of its conditions: without `@skip` and `@include`, and without
 * what they leave out. The planner is never shown a condition: merging the fetches of fields that have conditions with
 * those of fields that have none, it forgets on which of them a required field depended, and asks for too little.
 */
export function decided(operation: Operation, conditions: Conditions): Operation {
  const { definition, fragments, keys } = operation;
  if (![definition, ...fragments.values()].some(hasCondition)) return operation;
  return {
    definition: without(definition, conditions),
    fragments: new Map([...fragments].map(([name, node]) => [name, without(node, conditions)])),
    keys,
  };
}

function without<Node extends ASTNode>(root: Node, conditions: Conditions): Node {
  const leaveOut = (node: { readonly directives?: readonly DirectiveNode[] | undefined }) =>
    included(node.directives, conditions) ? undefined : null;
  return visit(root, {
    [Kind.FIELD]: { enter: leaveOut },
    [Kind.INLINE_FRAGMENT]: { enter: leaveOut },
    [Kind.FRAGMENT_SPREAD]: { enter: leaveOut },
    [Kind.DIRECTIVE]: { enter: (node) => (isCondition(node) ? null : undefined) },
    [Kind.SELECTION_SET]: { leave: (node) => (node.selections.length === 0 ? NOTHING : undefined) },
  });
}

/** An empty selection is none. */
const NOTHING: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
};

function hasCondition(root: ASTNode): boolean {
  let found = false;
  visit(root, {
    [Kind.DIRECTIVE]: (node) => {
      if (!isCondition(node)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}
