import { Kind, print, visit, type DirectiveNode, type DocumentNode } from 'graphql';
import { joinedGraphs, joinsOf } from './supergraph';

/** A supergraph under other names of its subgraphs, and what those names stand for. */
export interface Renamed {
  readonly sdl: string;
  readonly serviceOf: (name: string) => string;
}

/**
 * The planner finds no path from an `@interfaceObject` to what the implementations have, unless the subgraph that
 * defines the interface comes before the one with the `@interfaceObject` in the order of their names. So it is told
 * names in such an order. (Where two subgraphs are each other's, no order helps; they keep the one of their names.)
 */
export function renamedForPlanner(supergraph: DocumentNode, supergraphSdl: string): Renamed {
  const before = precedence(supergraph);
  if (before.size === 0) return { sdl: supergraphSdl, serviceOf: (name) => name };
  const graphs = joinedGraphs(supergraph);
  const order = [...graphs.keys()].sort(
    (left, right) => rank(left, before) - rank(right, before) || (left < right ? -1 : 1),
  );
  const aliasOf = new Map(
    order.map((graph, at) => [graphs.get(graph)?.name ?? graph, `s${String(at).padStart(4, '0')}`]),
  );
  const serviceOf = new Map([...aliasOf].map(([name, alias]) => [alias, name]));
  const renamed = visit(supergraph, {
    [Kind.DIRECTIVE]: (directive) => {
      if (directive.name.value === 'join__graph') return withString(directive, 'name', aliasOf);
      return directive.name.value === 'join__field' ? withString(directive, 'override', aliasOf) : undefined;
    },
  });
  return { sdl: print(renamed), serviceOf: (alias) => serviceOf.get(alias) ?? alias };
}

/** For each graph with an `@interfaceObject`, the graphs that define that interface. */
function precedence(supergraph: DocumentNode): Map<string, Set<string>> {
  const before = new Map<string, Set<string>>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const joins = joinsOf(node.directives);
    const definers = joins.filter(({ isInterfaceObject }) => !isInterfaceObject).map(({ graph }) => graph);
    for (const { graph, isInterfaceObject } of joins) {
      if (isInterfaceObject) before.set(graph, new Set([...(before.get(graph) ?? []), ...definers]));
    }
  }
  return before;
}

/** The length of the longest chain of graphs that have to come before `graph`. */
function rank(
  graph: string,
  before: ReadonlyMap<string, ReadonlySet<string>>,
  seen: readonly string[] = [],
): number {
  if (seen.includes(graph)) return 0;
  const ranks = [...(before.get(graph) ?? [])].map((other) => 1 + rank(other, before, [...seen, graph]));
  return Math.max(0, ...ranks);
}

function withString(
  directive: DirectiveNode,
  argument: string,
  to: ReadonlyMap<string, string>,
): DirectiveNode {
  return {
    ...directive,
    arguments: (directive.arguments ?? []).map((given) => {
      const value = given.value.kind === Kind.STRING ? to.get(given.value.value) : undefined;
      if (given.name.value !== argument || value === undefined) return given;
      return { ...given, value: { kind: Kind.STRING, value } };
    }),
  };
}
