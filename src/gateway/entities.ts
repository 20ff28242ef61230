import {
  GraphQLError,
  isInterfaceType,
  isObjectType,
  Kind,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

/** What the gateway knows of an entity: `__typename`, its key, and what its fields `@requires`. */
export type Reference = Readonly<Record<string, unknown>> & { readonly __typename: string };

/**
 * Loads the entities of one type, all that one request asks for at once. The answer is in the order of `references`,
 * and as long: the entity, null when there is none, or the error that only it costs.
 */
export type ResolveReferences<Context> = (
  references: readonly Reference[],
  context: Context,
  info: GraphQLResolveInfo,
) => Promise<readonly (object | null | Error)[]>;

/** By the name of the type. */
export type References<Context> = Readonly<Record<string, ResolveReferences<Context>>>;

export interface EntityResolvers<Context> {
  readonly resolveEntities: GraphQLFieldResolver<unknown, Context, { representations: readonly unknown[] }>;
  readonly resolveType: (
    entity: object,
    context: Context,
    info: GraphQLResolveInfo,
  ) => Promise<string | undefined>;
}

/**
 * The resolver of `_entities`, and that of the type of what it gives: `typenames` remembers as what an object was
 * loaded, since the objects of a store need not name their type.
 */
export function entitiesOf<Context>(
  schema: GraphQLSchema,
  references: References<Context>,
): EntityResolvers<Context> {
  const typenames = new WeakMap<object, string>();

  const resolveEntities: EntityResolvers<Context>['resolveEntities'] = async (
    _,
    { representations },
    context,
    info,
  ) => {
    const entities: (object | null | Error)[] = new Array<null>(representations.length).fill(null);
    const groups = groupByType(representations, entities);
    await Promise.all(
      [...groups].map(async ([typename, group]) => {
        const loaded = await load(references, typename, group, context, info);
        group.forEach(({ index }, at) => {
          const entity = loaded[at] ?? null;
          entities[index] = entity;
          if (entity !== null && !(entity instanceof Error)) typenames.set(entity, typename);
        });
      }),
    );
    return entities;
  };

  const resolveType: EntityResolvers<Context>['resolveType'] = async (entity, context, info) => {
    const typename = typenames.get(entity) ?? '';
    const type = schema.getType(typename);
    if (!isInterfaceType(type)) return typename;
    const resolved = await type.resolveType?.(entity, context, info, type);
    return resolved ?? ('__typename' in entity ? String(entity.__typename) : undefined);
  };

  return { resolveEntities, resolveType };
}

interface Indexed {
  readonly reference: Reference;
  readonly index: number;
}

function groupByType(
  representations: readonly unknown[],
  entities: (object | null | Error)[],
): Map<string, Indexed[]> {
  const groups = new Map<string, Indexed[]>();
  representations.forEach((reference, index) => {
    if (!isReference(reference)) {
      entities[index] = new GraphQLError('A representation needs a __typename.');
      return;
    }
    const group = groups.get(reference.__typename) ?? [];
    group.push({ reference, index });
    groups.set(reference.__typename, group);
  });
  return groups;
}

/** A failure of the whole group is the failure of each of it, and of no other group. */
async function load<Context>(
  references: References<Context>,
  typename: string,
  group: readonly Indexed[],
  context: Context,
  info: GraphQLResolveInfo,
): Promise<readonly (object | null | Error)[]> {
  const failed = (error: Error): readonly Error[] => group.map(() => error);
  const resolve = Object.hasOwn(references, typename) ? references[typename] : undefined;
  if (resolve === undefined)
    return failed(new GraphQLError(`"${typename}" is not an entity of this subgraph.`));
  try {
    const asked = group.map(({ reference }) => reference);
    const loaded = await resolve(asked, context, info);
    if (loaded.length === group.length) return loaded;
    return failed(new Error(`Asked for ${group.length} references of "${typename}", got ${loaded.length}.`));
  } catch (error) {
    return failed(error instanceof Error ? error : new Error(String(error)));
  }
}

function isReference(value: unknown): value is Reference {
  return (
    typeof value === 'object' &&
    value !== null &&
    '__typename' in value &&
    typeof value.__typename === 'string'
  );
}

/** The types of `schema` that carry a `@key` by which the gateway may ask for them. */
export function entityTypesOf(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && isResolvable(type))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function isResolvable({ astNode, extensionASTNodes }: GraphQLNamedType): boolean {
  const directives = [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? []);
  return directives.some(
    ({ name, arguments: args }) =>
      name.value === 'key' &&
      !args?.some(
        (argument) =>
          argument.name.value === 'resolvable' &&
          argument.value.kind === Kind.BOOLEAN &&
          !argument.value.value,
      ),
  );
}
