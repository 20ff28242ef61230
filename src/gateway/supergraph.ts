import { Kind, parse, visit, type DirectiveNode, type DocumentNode } from 'graphql';

/** What the supergraph says of one subgraph. */
export interface JoinedGraph {
  readonly name: string;
  /** Empty where the supergraph gives none. */
  readonly url: string;
}

/** The subgraphs of a supergraph, by their values in the `join__Graph` enum. */
export function joinedGraphs(supergraph: DocumentNode): ReadonlyMap<string, JoinedGraph> {
  const graphs = new Map<string, JoinedGraph>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') continue;
    for (const value of node.values ?? []) {
      const join = value.directives?.find(({ name }) => name.value === 'join__graph');
      if (join === undefined) continue;
      graphs.set(value.name.value, { name: textOf(join, 'name'), url: textOf(join, 'url') });
    }
  }
  return graphs;
}

/** The subgraphs of a supergraph by name, with the address that it gives them (empty where it gives none). */
export function subgraphsOf(supergraphSdl: string): ReadonlyMap<string, string> {
  const graphs = joinedGraphs(parse(supergraphSdl, { noLocation: true }));
  return new Map([...graphs.values()].map(({ name, url }) => [name, url]));
}

/** How a type is joined to one subgraph. */
export interface Join {
  /** Its value in the `join__Graph` enum. */
  readonly graph: string;
  readonly isInterfaceObject: boolean;
}

/** The subgraphs that know a type, by its `@join__type`. */
export function joinsOf(directives: readonly DirectiveNode[] | undefined): readonly Join[] {
  return (directives ?? [])
    .filter(({ name }) => name.value === 'join__type')
    .map((join) => ({
      graph: textOf(join, 'graph'),
      isInterfaceObject: valueOf(join, 'isInterfaceObject') === true,
    }));
}

/** What the labels `percent(x)` of progressive overrides roll out to, each once. */
export function percentagesOf(supergraph: DocumentNode): readonly number[] {
  const found = new Set<number>();
  visit(supergraph, {
    [Kind.DIRECTIVE]: (directive) => {
      if (directive.name.value !== 'join__field') return;
      const percentage = /^percent\((.+)\)$/.exec(textOf(directive, 'overrideLabel'))?.[1];
      if (percentage !== undefined) found.add(Number(percentage));
    },
  });
  return [...found];
}

function textOf(directive: DirectiveNode, argument: string): string {
  const value = valueOf(directive, argument);
  return typeof value === 'string' ? value : '';
}

function valueOf(directive: DirectiveNode, argument: string): string | boolean | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value;
  return value !== undefined && 'value' in value ? value.value : undefined;
}
