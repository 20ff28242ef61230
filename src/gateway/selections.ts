import {
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  visit,
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Fragments, Operation } from './operation';

/** The values of the variables that `@skip` and `@include` of an operation use. */
export type Conditions = ReadonlyMap<string, boolean>;

/** The variables that `@skip` and `@include` of the operation use, sorted. */
export function conditionVariables({ definition, fragments }: Operation): readonly string[] {
  const names = new Set<string>();
  for (const node of [definition, ...fragments.values()]) {
    visit(node, {
      [Kind.DIRECTIVE]: (directive) => {
        const condition = conditionOf(directive);
        if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
      },
    });
  }
  return [...names].sort();
}

/**
 * The fields selected on an object of type `type`, by response key in the caller's order; several nodes where
 * several selections have to be merged. An interface for `type` stands for an object whose own type is unknown.
 */
export function fieldsOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  fragments: Fragments,
  conditions: Conditions,
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const selectionSet of selectionSets) collect(selectionSet);
  return fields;

  function collect(selectionSet: SelectionSetNode): void {
    for (const node of selectionSet.selections) {
      if (!included(node.directives, conditions)) continue;
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        const known = fields.get(key);
        if (known) known.push(node);
        else fields.set(key, [node]);
        continue;
      }
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(node.name.value)) continue;
        spread.add(node.name.value);
      }
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
      if (fragment && matches(schema, type, fragment.typeCondition?.name.value))
        collect(fragment.selectionSet);
    }
  }
}

function matches(schema: GraphQLSchema, type: GraphQLCompositeType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditional = schema.getType(condition);
  return (
    isAbstractType(conditional) &&
    (isObjectType(type) || isInterfaceType(type)) &&
    schema.isSubType(conditional, type)
  );
}

/** True when no condition among `directives` leaves its selection out. */
export function included(directives: readonly DirectiveNode[] | undefined, conditions: Conditions): boolean {
  for (const directive of directives ?? []) {
    const condition = conditionOf(directive);
    if (condition === undefined) continue;
    const holds =
      condition.kind === Kind.VARIABLE
        ? conditions.get(condition.name.value) === true
        : condition.kind === Kind.BOOLEAN && condition.value;
    if (holds === (directive.name.value === 'skip')) return false;
  }
  return true;
}

export function isCondition(directive: DirectiveNode): boolean {
  return directive.name.value === 'skip' || directive.name.value === 'include';
}

function conditionOf(directive: DirectiveNode) {
  if (!isCondition(directive)) return undefined;
  return directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
}
