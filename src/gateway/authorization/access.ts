import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isNonNullType,
  Kind,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { isMeta, type Operation } from '../operation';
import type { ResponsePath } from '../failures';
import { fieldsOf, type Conditions } from '../selections';
import { both, inWords, NOTHING, type Requirement } from './requirement';
import type { Requirements } from './requirements';

/** The type that each field of an operation is selected on. */
export type Parents = ReadonlyMap<FieldNode, GraphQLCompositeType>;

/** An operation, as far as requirements go. */
export interface Guarded {
  /** All that something of it asks; none: nothing of what follows is needed. */
  readonly requirements: readonly Requirement[];
  readonly parents: Parents;
}

/** Finds what an operation asks of its caller: its fields, on every type that they may be resolved on. */
export function guardedBy(
  requirements: Requirements,
  schema: GraphQLSchema,
  { definition, fragments }: Operation,
): Guarded {
  const found = new Set<Requirement>();
  const parents = new Map<FieldNode, GraphQLCompositeType>();
  const root = schema.getRootType(definition.operation);
  if (root) walk(definition.selectionSet, root);
  for (const { typeCondition, selectionSet } of fragments.values()) {
    const type = schema.getType(typeCondition.name.value);
    if (isCompositeType(type)) walk(selectionSet, type);
  }
  return { requirements: [...found], parents };

  function walk({ selections }: SelectionSetNode, parent: GraphQLCompositeType): void {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) visit(node, parent);
      if (node.kind !== Kind.INLINE_FRAGMENT) continue;
      const type = node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent;
      if (isCompositeType(type)) walk(node.selectionSet, type);
    }
  }

  function visit(node: FieldNode, parent: GraphQLCompositeType): void {
    if (isMeta(node)) return;
    parents.set(node, parent);
    for (const type of [parent, ...requirements.possibleTypes(parent)])
      requirements.ofField(parent, type, node.name.value).forEach((one) => found.add(one));
    const field = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    const named = field && getNamedType(field.type);
    if (node.selectionSet === undefined || !isCompositeType(named)) return;
    for (const { name } of requirements.possibleTypes(named)) {
      const requirement = requirements.ofType(name);
      if (requirement !== undefined) found.add(requirement);
    }
    walk(node.selectionSet, named);
  }
}

/** What a caller whose rights had one outcome may not have of an operation. */
export class Access {
  private readonly refused: ReadonlySet<Requirement>;

  /** @param outcome what `outcomeOf` gave for the requirements of `guarded` */
  constructor(
    private readonly requirements: Requirements,
    private readonly guarded: Guarded,
    outcome: string,
  ) {
    this.refused = new Set(guarded.requirements.filter((_, at) => outcome[at] !== '1'));
  }

  /** Why objects of `type` are refused; null where they are not. */
  toType(type: GraphQLCompositeType): Requirement | null {
    const requirement = this.requirements.ofType(type.name);
    return requirement !== undefined && this.refused.has(requirement) ? requirement : null;
  }

  /** Why a field is refused on objects of `type`; null where it is not. */
  toField(node: FieldNode, type: GraphQLCompositeType): Requirement | null {
    const parent = this.guarded.parents.get(node);
    if (parent === undefined) return null;
    const asked = this.requirements
      .ofField(parent, type, node.name.value)
      .filter((one) => this.refused.has(one));
    return asked.length === 0 ? null : asked.reduce(both, NOTHING);
  }

  /** The types among those that a field is selected on of whose objects the caller may have it; null: it is all. */
  allowedTypes(node: FieldNode): readonly string[] | null {
    const parent = this.guarded.parents.get(node);
    if (parent === undefined) return null;
    const possible = this.requirements.possibleTypes(parent);
    const allowed = possible.filter((type) => this.toField(node, type) === null);
    return allowed.length === possible.length && possible.length > 0 ? null : allowed.map(({ name }) => name);
  }

  /**
   * The errors of root fields that are refused and may not be null: the answer is null whatever else there is, so that
   * nothing of the operation is run. Empty where there is none.
   */
  voiding(
    schema: GraphQLSchema,
    { definition, fragments }: Operation,
    conditions: Conditions,
  ): GraphQLError[] {
    const root = schema.getRootType(definition.operation);
    if (!root) return [];
    const selected = fieldsOf(schema, root, [definition.selectionSet], fragments, conditions);
    return [...selected].flatMap(([key, nodes]) => {
      const [first] = nodes;
      const field = first && root.getFields()[first.name.value];
      const refusal = nodes.map((node) => this.toField(node, root)).find((one) => one !== null);
      if (field === undefined || !isNonNullType(field.type) || refusal == null) return [];
      return [unauthorized(`${root.name}.${field.name}`, refusal, [key])];
    });
  }
}

/** As gateways of Federation call it. */
export const UNAUTHORIZED = 'UNAUTHORIZED_FIELD_OR_TYPE';

/** The error of something that the caller may not have. @param what `Type.field` or `Type` */
export function unauthorized(what: string, requirement: Requirement, path: ResponsePath): GraphQLError {
  return new GraphQLError(`"${what}" needs ${inWords(requirement)}.`, {
    path: [...path],
    extensions: { code: UNAUTHORIZED },
  });
}
