import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isTypeDefinitionNode,
  Kind,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { GatewayError } from '../errors';
import { linksOf } from '../links';
import { namesInSupergraph, requirementOf } from './directives';
import { both, implies, keyOf, NOTHING, type Requirement } from './requirement';

/** Specifications of `@link(for: SECURITY)` that the gateway enforces. */
const ENFORCED = new Set(['inaccessible', 'authenticated', 'requiresScopes', 'policy']);

/** Source: https://specs.apollo.dev/link/v1.0/#@link.for: what is for security is not served by who does not know it. */
function refuseUnknownSecurity(supergraph: DocumentNode): void {
  const unknown = linksOf(supergraph)
    .filter(({ purpose, spec }) => purpose === 'SECURITY' && !ENFORCED.has(spec))
    .map(({ origin, spec }) => `${origin}/${spec} is linked for security, and not known to this gateway.`);
  if (unknown.length > 0)
    throw new GatewayError('INVALID_SUPERGRAPH', 'The supergraph cannot be served safely.', unknown);
}

const NONE: readonly Requirement[] = [];

/**
 * What the types and fields of a supergraph ask of a caller. The public schema does not have it: the composer drops
 * the directives there. Equal requirements are one object.
 *
 * An interface asks for what all that implement it ask for together, and so do its fields: the composer writes that
 * there. It holds for a field that returns the interface. Of the fields of an interface each object is judged by its own
 * type, unless the interface asks for more than its implementations do (a supergraph that was composed elsewhere).
 */
export class Requirements {
  private readonly interned = new Map<string, Requirement>();
  private readonly types = new Map<string, Requirement>();
  private readonly fields = new Map<string, Requirement>();
  /** Of interfaces and their fields, what asks for more than the implementations do. */
  private readonly beyond = new Map<string, Requirement>();
  private readonly asked = new Map<string, readonly Requirement[]>();

  /** @throws GatewayError `INVALID_SUPERGRAPH` for a link for security that is not known */
  constructor(
    supergraph: DocumentNode,
    private readonly schema: GraphQLSchema,
  ) {
    refuseUnknownSecurity(supergraph);
    const names = namesInSupergraph(supergraph);
    const read = (
      into: Map<string, Requirement>,
      coordinate: string,
      directives: readonly ConstDirectiveNode[] | undefined,
    ): void => {
      const requirement = requirementOf(directives, names);
      if (!implies(NOTHING, requirement)) into.set(coordinate, this.intern(requirement));
    };
    for (const node of supergraph.definitions) {
      if (!isTypeDefinitionNode(node)) continue;
      read(this.types, node.name.value, node.directives);
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const field of node.fields ?? [])
        read(this.fields, `${node.name.value}.${field.name.value}`, field.directives);
    }
    this.findBeyond();
  }

  /** True where the whole graph asks nothing. */
  get isEmpty(): boolean {
    return this.types.size === 0 && this.fields.size === 0;
  }

  /** What objects of `type` ask of whoever is to get them; for an interface, what a field that returns it does. */
  ofType(type: string): Requirement | undefined {
    return this.types.get(type);
  }

  /**
   * All that `field` asks when it is selected in a selection set on `parent` and resolved on an object of `type`: the
   * two are one, or `type` is one of the types that `parent` may be.
   */
  ofField(parent: GraphQLCompositeType, type: GraphQLCompositeType, field: string): readonly Requirement[] {
    const key = `${parent.name} ${type.name} ${field}`;
    const known = this.asked.get(key);
    if (known !== undefined) return known;
    const requirements = this.findForField(parent, type, field);
    this.asked.set(key, requirements);
    return requirements;
  }

  /** The object types that `type` may be. */
  possibleTypes(type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    return isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
  }

  private findForField(
    parent: GraphQLCompositeType,
    type: GraphQLCompositeType,
    name: string,
  ): readonly Requirement[] {
    const field = 'getFields' in type ? type.getFields()[name] : undefined;
    if (field === undefined) return NONE;
    const found = new Set<Requirement | undefined>([
      this.types.get(type.name),
      this.fields.get(`${type.name}.${name}`),
      this.types.get(getNamedType(field.type).name),
    ]);
    if (isInterfaceType(type)) {
      // an object whose own type is not known: it may be any of them
      for (const possible of this.possibleTypes(type))
        this.ofField(parent, possible, name).forEach((one) => found.add(one));
    }
    if (isInterfaceType(parent)) {
      found.add(this.beyond.get(parent.name)).add(this.beyond.get(`${parent.name}.${name}`));
    }
    found.delete(undefined);
    return found.size === 0 ? NONE : ([...found] as Requirement[]);
  }

  private findBeyond(): void {
    for (const type of Object.values(this.schema.getTypeMap())) {
      if (!isInterfaceType(type)) continue;
      const possible = this.possibleTypes(type);
      this.compare(
        type.name,
        this.types,
        possible.map(({ name }) => name),
      );
      for (const field of Object.keys(type.getFields()))
        this.compare(
          `${type.name}.${field}`,
          this.fields,
          possible.map(({ name }) => `${name}.${field}`),
        );
    }
  }

  private compare(coordinate: string, all: ReadonlyMap<string, Requirement>, below: readonly string[]): void {
    const own = all.get(coordinate);
    if (own === undefined) return;
    const inherited = below.reduce((known, at) => both(known, all.get(at) ?? NOTHING), NOTHING);
    if (!implies(inherited, own)) this.beyond.set(coordinate, own);
  }

  private intern(requirement: Requirement): Requirement {
    const key = keyOf(requirement);
    const known = this.interned.get(key) ?? requirement;
    this.interned.set(key, known);
    return known;
  }
}
