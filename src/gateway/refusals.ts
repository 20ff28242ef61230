import {
  Kind,
  parse,
  visit,
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type TypeNode,
} from 'graphql';

interface Service {
  readonly name: string;
  readonly typeDefs: DocumentNode;
}

/**
 * Three patterns that Federation allows and the composer gets wrong without an error (chapter 5, "Known traps").
 * A graph with one of them is refused, with what to write instead.
 */
export function refusals(services: readonly Service[]): string[] {
  return [
    ...unionAgainstMember(services),
    ...externalOnInterfaceObject(services),
    ...requiresThroughInaccessible(services),
  ];
}

/** A field that is a union in one subgraph and a member of that union in another. */
function unionAgainstMember(services: readonly Service[]): string[] {
  const members = new Map<string, Set<string>>();
  const declared = new Map<string, Map<string, string[]>>();
  for (const { name, typeDefs } of services) {
    for (const node of typeDefs.definitions) {
      if (node.kind === Kind.UNION_TYPE_DEFINITION || node.kind === Kind.UNION_TYPE_EXTENSION) {
        const known = members.get(node.name.value) ?? new Set();
        node.types?.forEach((member) => known.add(member.name.value));
        members.set(node.name.value, known);
      }
      for (const field of fieldsIn(node)) {
        const types = declared.get(field.coordinate) ?? new Map<string, string[]>();
        const type = namedType(field.type);
        types.set(type, [...(types.get(type) ?? []), name]);
        declared.set(field.coordinate, types);
      }
    }
  }
  return [...declared].flatMap(([coordinate, types]) =>
    [...types.keys()].flatMap((union) =>
      [...types.keys()]
        .filter((type) => members.get(union)?.has(type) === true)
        .map(
          (type) =>
            `UNION_AGAINST_MEMBER: ${coordinate} is the union "${union}" in ${listed(types.get(union))} and its ` +
            `member "${type}" in ${listed(types.get(type))}: give it the union in all of them.`,
        ),
    ),
  );
}

/** `@external` on a field of a type that is an `@interfaceObject`. */
function externalOnInterfaceObject(services: readonly Service[]): string[] {
  return services.flatMap(({ name, typeDefs }) => {
    const external = nameOf(typeDefs, 'external');
    const interfaceObject = nameOf(typeDefs, 'interfaceObject');
    return typeDefs.definitions.flatMap((node) =>
      'directives' in node && has(node.directives, interfaceObject)
        ? fieldsIn(node)
            .filter(({ directives }) => has(directives, external))
            .map(
              ({ coordinate }) =>
                `EXTERNAL_ON_INTERFACE_OBJECT: [${name}] ${coordinate} is @external on an @interfaceObject: require ` +
                `it on the types that implement the interface.`,
            )
        : [],
    );
  });
}

/** `@requires` that selects through a fragment on a type that is, or has something, `@inaccessible`. */
function requiresThroughInaccessible(services: readonly Service[]): string[] {
  const hidden = new Set(services.flatMap(({ typeDefs }) => hiddenTypes(typeDefs)));
  return services.flatMap(({ name, typeDefs }) => {
    const requires = nameOf(typeDefs, 'requires');
    return typeDefs.definitions.flatMap(fieldsIn).flatMap(({ coordinate, directives }) =>
      (directives ?? [])
        .filter((directive) => directive.name.value === requires)
        .flatMap((directive) => fragmentConditions(directive))
        .filter((condition) => hidden.has(condition))
        .map(
          (condition) =>
            `REQUIRES_THROUGH_INACCESSIBLE: [${name}] ${coordinate} requires fields through "... on ${condition}", ` +
            `of which something is @inaccessible: require them without a fragment, or make them accessible.`,
        ),
    );
  });
}

function hiddenTypes(typeDefs: DocumentNode): string[] {
  const inaccessible = nameOf(typeDefs, 'inaccessible');
  return typeDefs.definitions.flatMap((node) => {
    if (!('name' in node)) return [];
    const marks = 'directives' in node && has(node.directives, inaccessible);
    return marks || fieldsIn(node).some(({ directives }) => has(directives, inaccessible))
      ? [node.name.value]
      : [];
  });
}

function fragmentConditions(directive: DirectiveNode): string[] {
  const fields = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value;
  if (fields?.kind !== Kind.STRING) return [];
  const conditions: string[] = [];
  try {
    visit(parse(`{ ${fields.value} }`, { noLocation: true }), {
      [Kind.INLINE_FRAGMENT]: ({ typeCondition }) => {
        if (typeCondition) conditions.push(typeCondition.name.value);
      },
    });
  } catch {
    // The composer reports a field set that does not parse, and does it better.
  }
  return conditions;
}

function fieldsIn(node: ASTNode) {
  if (!('fields' in node) || !('name' in node)) return [];
  const type = node.name.value;
  return (node.fields ?? []).flatMap((field) =>
    field.kind === Kind.FIELD_DEFINITION
      ? [{ coordinate: `${type}.${field.name.value}`, type: field.type, directives: field.directives }]
      : [],
  );
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function has(directives: readonly DirectiveNode[] | undefined, name: string): boolean {
  return directives?.some((directive) => directive.name.value === name) === true;
}

/** What a directive of Federation is called in this subgraph, which may rename it where it imports it. */
function nameOf(typeDefs: DocumentNode, directive: string): string {
  for (const node of typeDefs.definitions) {
    if (node.kind !== Kind.SCHEMA_EXTENSION && node.kind !== Kind.SCHEMA_DEFINITION) continue;
    for (const link of node.directives ?? []) {
      const imports = link.arguments?.find((argument) => argument.name.value === 'import')?.value;
      if (link.name.value !== 'link' || imports?.kind !== Kind.LIST) continue;
      for (const value of imports.values) {
        if (value.kind !== Kind.OBJECT) continue;
        const entry = (key: string): string | undefined => {
          const found = value.fields.find((field) => field.name.value === key)?.value;
          return found?.kind === Kind.STRING ? found.value : undefined;
        };
        const renamed = entry('as');
        if (entry('name') === `@${directive}` && renamed !== undefined) return renamed.slice(1);
      }
    }
  }
  return directive;
}

function listed(names: readonly string[] | undefined): string {
  return (names ?? []).map((name) => `[${name}]`).join(', ');
}
