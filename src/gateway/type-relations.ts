import { Kind, type DocumentNode } from 'graphql';
import { joinedGraphs, joinsOf } from './supergraph';

/**
 * Which types are object types, and which satisfy which type condition, in the whole supergraph: plans also speak
 * of types that are `@inaccessible` and so absent from the public schema.
 */
export class TypeRelations {
  private readonly objects = new Set<string>();
  private readonly supertypes = new Map<string, Set<string>>();
  /** By subgraph, the types that it knows, and of those the interfaces that are objects to it. */
  private readonly known = new Map<string, Set<string>>();
  private readonly interfaceObjects = new Map<string, Set<string>>();

  constructor(supergraph: DocumentNode) {
    const graphs = joinedGraphs(supergraph);
    for (const definition of supergraph.definitions) {
      if (
        definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
        definition.kind === Kind.INTERFACE_TYPE_DEFINITION
      ) {
        this.relate(definition.name.value, definition.interfaces);
        for (const { graph, isInterfaceObject } of joinsOf(definition.directives)) {
          const service = graphs.get(graph)?.name ?? graph;
          add(this.known, service, definition.name.value);
          if (isInterfaceObject) add(this.interfaceObjects, service, definition.name.value);
        }
      }
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) this.objects.add(definition.name.value);
      if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
        for (const member of definition.types ?? []) this.relate(member.name.value, [definition]);
      }
    }
  }

  isObjectType(name: string): boolean {
    return this.objects.has(name);
  }

  /** True when an object of type `typename` matches `... on condition`. */
  satisfies(typename: string, condition: string): boolean {
    return typename === condition || this.supertypes.get(typename)?.has(condition) === true;
  }

  /** True when an object of type `typename` may stand where an interface or a union is declared. */
  isOfAbstractType(typename: string): boolean {
    return this.supertypes.has(typename);
  }

  /**
   * What `service` calls an object of type `typename`: that, or the `@interfaceObject` that stands for it there. Plans
   * say so by a rewrite of the representation, but not all that should.
   */
  nameIn(service: string, typename: string): string {
    const objects = this.interfaceObjects.get(service);
    if (objects === undefined || this.known.get(service)?.has(typename) === true) return typename;
    return [...objects].find((name) => this.satisfies(typename, name)) ?? typename;
  }

  /**
   * True when `service` is to be asked for an object of type `typename` under `... on condition`. Where both are one
   * `@interfaceObject` to it they are one to the plan too: merging the fetches of several implementations, the planner
   * keeps the condition of only one of them.
   */
  isAskedAs(service: string, typename: string, condition: string): boolean {
    if (this.satisfies(typename, condition)) return true;
    const name = this.nameIn(service, typename);
    return name !== typename && name === this.nameIn(service, condition);
  }

  private relate(typename: string, supertypes: readonly { name: { value: string } }[] | undefined): void {
    for (const supertype of supertypes ?? []) add(this.supertypes, typename, supertype.name.value);
  }
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(value));
}
