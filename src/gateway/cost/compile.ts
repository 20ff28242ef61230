import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isCompositeType,
  isListType,
  Kind,
  OperationTypeNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isIntrospection, type Operation } from '../operation';
import { argumentsTerm, argumentValue, type Value } from './arguments';
import type { CostDirectives, ListSize } from './directives';
import { remembered, sum, times, type Term, type Variables } from './terms';

/** What weighs how much where no directive says it. Source: Apollo Router, "Demand Control". */
const OBJECT = 1;
const MUTATION = 10;
/** It is answered from memory, whatever is selected of it. */
const INTROSPECTION = 10;

export interface CostOptions {
  /** How long a list is taken to be of which nothing is said. */
  readonly listSize: number;
}

/** The estimate of an operation, with as much of it computed as needs no variables. */
export function compileCost(
  schema: GraphQLSchema,
  directives: CostDirectives,
  options: CostOptions,
  operation: Operation,
): Term {
  return new Compiler(schema, directives, options, operation).operation();
}

const NO_FIELDS: readonly string[] = [];

class Compiler {
  private readonly fragments = new Map<string, Term>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly directives: CostDirectives,
    private readonly options: CostOptions,
    private readonly source: Operation,
  ) {}

  operation(): Term {
    const { operation, selectionSet } = this.source.definition;
    const root = this.schema.getRootType(operation);
    if (!root) return 0;
    return sum([
      operation === OperationTypeNode.MUTATION ? MUTATION : 0,
      this.selections(selectionSet, root, NO_FIELDS),
    ]);
  }

  /** @param sized the lists among these fields whose size the field around them gives */
  private selections(
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    sized: readonly string[],
  ): Term {
    return sum(selections.map((node) => conditioned(node, this.selection(node, type, sized))));
  }

  private selection(node: SelectionNode, type: GraphQLCompositeType, sized: readonly string[]): Term {
    switch (node.kind) {
      case Kind.FIELD:
        return this.field(node, type, sized);
      case Kind.INLINE_FRAGMENT:
        return this.selections(node.selectionSet, this.conditionOf(node, type), sized);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = this.source.fragments.get(node.name.value);
        return fragment === undefined ? 0 : this.fragment(fragment, type, sized);
      }
    }
  }

  private fragment(node: FragmentDefinitionNode, type: GraphQLCompositeType, sized: readonly string[]): Term {
    const key = `${node.name.value} ${sized.join(' ')}`;
    const known = this.fragments.get(key);
    if (known !== undefined) return known;
    this.fragments.set(key, 0); // a fragment that contains itself is another rule's to report
    const term = remembered(this.selections(node.selectionSet, this.conditionOf(node, type), sized));
    this.fragments.set(key, term);
    return term;
  }

  private conditionOf(
    { typeCondition }: { readonly typeCondition?: { readonly name: { readonly value: string } } | undefined },
    otherwise: GraphQLCompositeType,
  ): GraphQLCompositeType {
    const type = typeCondition && this.schema.getType(typeCondition.name.value);
    return isCompositeType(type) ? type : otherwise;
  }

  private field(node: FieldNode, parent: GraphQLCompositeType, sized: readonly string[]): Term {
    const name = node.name.value;
    if (isIntrospection(node)) return INTROSPECTION;
    const field = 'getFields' in parent ? parent.getFields()[name] : undefined;
    if (field === undefined) return 0;
    const coordinate = `${parent.name}.${name}`;
    const named = getNamedType(field.type);
    const { weights, listSizes } = this.directives;
    const weight =
      weights.get(coordinate) ?? weights.get(named.name) ?? (isCompositeType(named) ? OBJECT : 0);
    const listSize = listSizes.get(coordinate);
    const size = listSize && this.sizeOf(coordinate, field, node, listSize);
    const below =
      node.selectionSet && isCompositeType(named)
        ? this.below(node.selectionSet, named, listSize?.sizedFields ?? NO_FIELDS, size)
        : 0;
    const count = isListType(getNullableType(field.type)) ? this.countOf(name, sized, size) : 1;
    return sum([times(count, sum([weight, below])), argumentsTerm(this.directives, coordinate, field, node)]);
  }

  private below(
    selectionSet: SelectionSetNode,
    type: GraphQLCompositeType,
    sized: readonly string[],
    size: Term | undefined,
  ): Term {
    const term = this.selections(selectionSet, type, sized);
    if (typeof term === 'number') return term;
    const own = size ?? 0;
    return (variables) => term(variables, typeof own === 'number' ? own : own(variables, 0));
  }

  private countOf(name: string, sized: readonly string[], size: Term | undefined): Term {
    if (sized.includes(name)) return (_variables, given) => given;
    return size ?? this.options.listSize;
  }

  /** The size that `@listSize` gives: the largest slicing argument that is there, else what is assumed. */
  private sizeOf(
    coordinate: string,
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
    { assumedSize, slicingArguments, requireOneSlicingArgument }: ListSize,
  ): Term {
    const otherwise = assumedSize ?? this.options.listSize;
    if (slicingArguments.length === 0) return otherwise;
    const values = slicingArguments.map((path) => slicingValue(field, node, path));
    const sizeWith = (variables: Variables): number => {
      const given = values.map((value) =>
        typeof value === 'function' ? (value as Value)(variables) : value,
      );
      const sizes = given.filter((one): one is number => typeof one === 'number');
      if (requireOneSlicingArgument && sizes.length !== 1)
        throw oneSlicingArgument(coordinate, slicingArguments);
      return sizes.length === 0 ? otherwise : Math.max(0, ...sizes);
    };
    return values.some((value) => typeof value === 'function') ? sizeWith : sizeWith({});
  }
}

/** A number, undefined where it is not there, or a function where it depends on variables. */
function slicingValue(field: GraphQLField<unknown, unknown>, node: FieldNode, path: string): unknown {
  const [name, ...rest] = path.split('.');
  const argument = field.args.find((one) => one.name === name);
  const value = argument && argumentValue(argument, node);
  const at = (whole: unknown): unknown =>
    rest.reduce<unknown>(
      (object, key) =>
        typeof object === 'object' && object !== null && Object.hasOwn(object, key)
          ? (object as Record<string, unknown>)[key]
          : undefined,
      whole,
    );
  return typeof value === 'function' ? (variables: Variables) => at((value as Value)(variables)) : at(value);
}

function oneSlicingArgument(coordinate: string, names: readonly string[]): GraphQLError {
  const listed = names.map((name) => `"${name}"`).join(', ');
  return new GraphQLError(`"${coordinate}" needs exactly one of its arguments ${listed}.`, {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}

/** What is left out by `@skip` or `@include` costs nothing. */
function conditioned(node: SelectionNode, term: Term): Term {
  return (node.directives ?? []).reduce(conditionedBy, term);
}

function conditionedBy(term: Term, { name, arguments: given }: DirectiveNode): Term {
  if (name.value !== 'skip' && name.value !== 'include') return term;
  const value = given?.find((argument) => argument.name.value === 'if')?.value;
  const left = name.value === 'skip';
  if (value?.kind === Kind.BOOLEAN) return value.value === left ? 0 : term;
  if (value?.kind !== Kind.VARIABLE || term === 0) return term;
  const variable = value.name.value;
  return (variables, size) => {
    if ((variables[variable] === true) === left) return 0;
    return typeof term === 'number' ? term : term(variables, size);
  };
}
