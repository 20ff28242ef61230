import {
  getNamedType,
  isCompositeType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Fragments } from './operation';

/** How large a selection is with its fragments spread out. The counts may be `Infinity`: they double per spread. */
export interface Size {
  /** Fields within one another. */
  readonly depth: number;
  /** Selections within one another: those of fields, and those of fragments, which have no depth. */
  readonly nesting: number;
  /** Fields on all levels: what planning and validation have to go through. */
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields at the top of the selection. */
  readonly rootFields: number;
  /** Entries of connections that an answer can hold, by their `first`. */
  readonly nodes: number;
  /** Fields that hold up the whole process while they are resolved. */
  readonly heavy: number;
}

const NOTHING: Size = {
  depth: 0,
  nesting: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  rootFields: 0,
  nodes: 0,
  heavy: 0,
};

export interface MeasureOptions {
  /** The most that `first` may ask for; a variable whose value is not known counts as this much. */
  readonly maxFirst: number;
  /** Where a selection is deeper than this, its size is not looked into any further. */
  readonly maxDepth: number;
  /** `Type.field` of those fields that count as heavy. */
  readonly heavyFields: ReadonlySet<string>;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Told of every `first` above the maximum. */
  readonly onFirst: (field: FieldNode, first: number) => void;
}

/**
 * Measures selections. Every fragment is measured once, however often it is spread, so the work grows with the
 * document and not with what it spreads out to.
 */
export class Measure {
  private readonly measured = new Map<FragmentDefinitionNode, Size>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: Fragments,
    private readonly options: MeasureOptions,
  ) {}

  selection(selectionSet: SelectionSetNode, type: GraphQLCompositeType | undefined, level = 1): Size {
    if (level > this.options.maxDepth + 1) return NOTHING;
    let size = NOTHING;
    for (const node of selectionSet.selections) {
      const own = countDirectives(node.directives);
      if (node.kind === Kind.FIELD) size = both(size, this.field(node, type, level), own);
      else if (node.kind === Kind.FRAGMENT_SPREAD) size = both(size, this.spread(node.name.value), own);
      else size = both(size, this.selection(node.selectionSet, this.conditioned(node, type), level), own);
    }
    return { ...size, nesting: size.nesting + 1 };
  }

  private field(node: FieldNode, parent: GraphQLCompositeType | undefined, level: number): Size {
    const definition =
      parent !== undefined && 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    const type = definition ? getNamedType(definition.type) : undefined;
    const child = isCompositeType(type) ? type : undefined;
    const below = node.selectionSet ? this.selection(node.selectionSet, child, level + 1) : NOTHING;
    const first = this.firstOf(node, definition);
    return {
      depth: below.depth + 1,
      nesting: below.nesting,
      fields: below.fields + 1,
      aliases: below.aliases + (node.alias ? 1 : 0),
      directives: below.directives,
      rootFields: 1,
      nodes: first === null ? below.nodes : first + times(first, below.nodes),
      heavy: below.heavy + (this.isHeavy(node, parent) ? 1 : 0),
    };
  }

  private isHeavy(node: FieldNode, parent: GraphQLCompositeType | undefined): boolean {
    return parent !== undefined && this.options.heavyFields.has(`${parent.name}.${node.name.value}`);
  }

  private spread(name: string): Size {
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return NOTHING;
    const known = this.measured.get(fragment);
    if (known !== undefined) return known;
    // A fragment that contains itself is another rule's to report; here it only must come to an end.
    this.measured.set(fragment, NOTHING);
    const size = this.selection(fragment.selectionSet, this.conditioned(fragment, undefined));
    this.measured.set(fragment, size);
    return size;
  }

  private conditioned(
    node: { readonly typeCondition?: { readonly name: { readonly value: string } } | undefined },
    otherwise: GraphQLCompositeType | undefined,
  ): GraphQLCompositeType | undefined {
    if (node.typeCondition === undefined) return otherwise;
    const type = this.schema.getType(node.typeCondition.name.value);
    return isCompositeType(type) ? type : undefined;
  }

  /** How many entries the field asks for; null when it is not a connection. */
  private firstOf(node: FieldNode, definition: GraphQLField<unknown, unknown> | undefined): number | null {
    const argument = definition?.args.find(({ name }) => name === 'first');
    if (argument === undefined) return null;
    const { maxFirst, variables, onFirst } = this.options;
    const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    if (given === undefined || given.kind === Kind.NULL) {
      return typeof argument.defaultValue === 'number' ? argument.defaultValue : maxFirst;
    }
    const first =
      given.kind === Kind.INT
        ? Number(given.value)
        : given.kind === Kind.VARIABLE
          ? variables?.[given.name.value]
          : undefined;
    if (typeof first !== 'number') return maxFirst;
    if (first > maxFirst) onFirst(node, first);
    return Math.max(0, first);
  }
}

function both(left: Size, right: Size, directives: number): Size {
  return {
    depth: Math.max(left.depth, right.depth),
    nesting: Math.max(left.nesting, right.nesting),
    fields: left.fields + right.fields,
    aliases: left.aliases + right.aliases,
    directives: left.directives + right.directives + directives,
    rootFields: left.rootFields + right.rootFields,
    nodes: left.nodes + right.nodes,
    heavy: left.heavy + right.heavy,
  };
}

function countDirectives(directives: readonly DirectiveNode[] | undefined): number {
  return directives?.length ?? 0;
}

/** Zero times without end is zero: nothing below an empty list is ever resolved. */
function times(count: number, each: number): number {
  return count === 0 ? 0 : count * each;
}
