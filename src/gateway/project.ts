import {
  GraphQLError,
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isInterfaceType,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { unauthorized, type Access } from './authorization';
import { introspector } from './introspection';
import { isIntrospection, type Operation } from './operation';
import type { ProjectionRun } from './projection-run';
import { fieldsOf, type Conditions } from './selections';
import { isData } from './shape';
import type { Data } from './types';

/** Means: null, and the place may not be null, so the place around it is null too. */
const NULLED = Symbol('nulled');

/** Turns a value of the gateway's data into what the caller asked for, or NULLED. */
type Complete = (value: unknown, run: ProjectionRun) => unknown;

interface FieldPlan {
  readonly responseKey: string;
  readonly dataKey: string;
  readonly complete: Complete;
}

export type Projection = (data: Data, run: ProjectionRun) => Data | null;

/**
 * The final shape of an answer by the public schema: the caller's fields under the caller's keys in the caller's
 * order, null propagated by its nullability, nothing of what only the plan needed. Compiled once for an operation and
 * the values of its conditions; the selection on an abstract type, once for each type that occurs.
 * What `access` refuses is null with an error that says why, whatever the data has there.
 * (graphql-js `execute` cannot do this: with `@interfaceObject` the data does not always name an object type.)
 */
export function compileProjection(
  schema: GraphQLSchema,
  operation: Operation,
  conditions: Conditions,
  access: Access | null = null,
): Projection {
  const root = schema.getRootType(operation.definition.operation);
  if (!root) throw new GraphQLError(`The schema has no ${operation.definition.operation} type.`);
  const compiler = new Compiler(schema, operation, conditions, access);
  const complete = compiler.object(root, [operation.definition.selectionSet]);
  return (data, run) => {
    const result = complete(data, run);
    return isData(result) ? result : null;
  };
}

class Compiler {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly operation: Operation,
    private readonly conditions: Conditions,
    private readonly access: Access | null,
  ) {}

  /** An object, or null, of a composite type. */
  object(declared: GraphQLCompositeType, selectionSets: readonly SelectionSetNode[]): Complete {
    const plans = new Map<GraphQLCompositeType, (value: Data, run: ProjectionRun) => unknown>();
    const planFor = (type: GraphQLCompositeType) => {
      const known = plans.get(type) ?? this.ofType(type, declared, selectionSets);
      plans.set(type, known);
      return known;
    };
    return (value, run) => {
      if (value === null || value === undefined) return null;
      if (!isData(value)) return run.invalid(`Expected an object of type "${declared.name}".`, NULLED);
      const type = isObjectType(declared) ? declared : this.typeOf(value, declared);
      return type === null ? null : planFor(type)(value, run);
    };
  }

  /** Who may not have a type is not given its objects, whatever else may stand in their place. */
  private ofType(
    type: GraphQLCompositeType,
    declared: GraphQLCompositeType,
    selectionSets: readonly SelectionSetNode[],
  ): (value: Data, run: ProjectionRun) => unknown {
    const refusal = type === declared ? null : (this.access?.toType(type) ?? null);
    if (refusal === null) return this.fields(type, selectionSets);
    return (_, run) => run.refused(unauthorized(type.name, refusal, run.path), NULLED);
  }

  /** The type of an object; null when callers may not know of it. Without a name it is as declared. */
  private typeOf(value: Data, declared: GraphQLCompositeType): GraphQLCompositeType | null {
    const typename = value['__typename'];
    if (typeof typename !== 'string' || typename === declared.name) return declared;
    const type = this.schema.getType(typename);
    if (isInterfaceType(type)) return declared;
    return isObjectType(type) && isAbstractType(declared) && this.schema.isSubType(declared, type)
      ? type
      : null;
  }

  private fields(type: GraphQLCompositeType, selectionSets: readonly SelectionSetNode[]) {
    const selected = fieldsOf(this.schema, type, selectionSets, this.operation.fragments, this.conditions);
    const plans = [...selected].flatMap(([responseKey, nodes]) => this.field(type, responseKey, nodes));
    // `__proto__` is a valid response key, and an ordinary one only on an object without a prototype.
    const create = selected.has('__proto__') ? () => Object.create(null) as Data : (): Data => ({});
    return (value: Data, run: ProjectionRun): unknown => {
      const result = create();
      for (const { responseKey, dataKey, complete } of plans) {
        run.path.push(responseKey);
        const completed = complete(value[dataKey], run);
        run.path.pop();
        if (completed === NULLED) return NULLED;
        result[responseKey] = completed;
      }
      return result;
    };
  }

  private field(parent: GraphQLCompositeType, responseKey: string, nodes: readonly FieldNode[]): FieldPlan[] {
    const [node] = nodes;
    if (node === undefined) return [];
    const name = node.name.value;
    const dataKey = this.operation.keys.of(node);
    const plan = (complete: Complete): FieldPlan[] => [{ responseKey, dataKey, complete }];
    if (name === '__typename') return plan(typenameOf(parent));
    if (isIntrospection(node)) {
      const introspect = introspector(this.schema, this.operation, nodes);
      return plan((_, run) => introspect(responseKey, run.variables));
    }
    const definition = 'getFields' in parent ? parent.getFields()[name] : undefined;
    if (definition === undefined) return [];
    const coordinate = `${parent.name}.${name}`;
    for (const each of this.access === null ? [] : nodes) {
      const refusal = this.access?.toField(each, parent) ?? null;
      const nulled = isNonNullType(definition.type) ? NULLED : null;
      if (refusal !== null)
        return plan((_, run) => run.refused(unauthorized(coordinate, refusal, run.path), nulled));
    }
    const selectionSets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
    const named = getNamedType(definition.type);
    const inner = isLeafType(named) ? completeLeaf(named) : this.object(named, selectionSets);
    return plan(completeAs(definition.type, inner, coordinate));
  }
}

/** `inner` within the lists and the nullability of `type`. */
function completeAs(type: GraphQLOutputType, inner: Complete, coordinate: string): Complete {
  if (isNonNullType(type)) return required(bare(type.ofType, inner, coordinate), coordinate);
  const complete = bare(type, inner, coordinate);
  return (value, run) => {
    const completed = complete(value, run);
    return completed === NULLED ? null : completed;
  };
}

function bare(type: GraphQLOutputType, inner: Complete, coordinate: string): Complete {
  return isListType(type) ? completeList(completeAs(type.ofType, inner, coordinate), coordinate) : inner;
}

function required(complete: Complete, coordinate: string): Complete {
  return (value, run) => {
    const completed = complete(value, run);
    if (completed !== null) return completed;
    return run.unexplained(`Cannot return null for non-nullable field ${coordinate}.`, NULLED);
  };
}

function completeList(item: Complete, coordinate: string): Complete {
  return (value, run) => {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) return run.invalid(`Expected a list for field ${coordinate}.`, NULLED);
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      run.path.push(index);
      const completed = item(value[index], run);
      run.path.pop();
      if (completed === NULLED) return NULLED;
      items.push(completed);
    }
    return items;
  };
}

/** Enum values that callers may not know of, and values that are none of their type's, are null with an error. */
function completeLeaf(type: GraphQLLeafType): Complete {
  const known = isEnumType(type) ? new Set<unknown>(type.getValues().map(({ name }) => name)) : null;
  return (value, run) => {
    if (value === null || value === undefined) return null;
    if (known !== null) {
      return known.has(value)
        ? value
        : run.invalid(`Enum "${type.name}" cannot represent this value.`, NULLED);
    }
    try {
      return type.serialize(value);
    } catch (error) {
      return run.invalid(error instanceof Error ? error.message : String(error), NULLED);
    }
  };
}

function typenameOf(type: GraphQLCompositeType): Complete {
  if (isObjectType(type)) return () => type.name;
  return (_, run) => run.unexplained(`The type of this "${type.name}" is not known.`, NULLED);
}
