import { extendSchema, isObjectType, isUnionType, parse, type GraphQLSchema } from 'graphql';
import { entitiesOf, entityTypesOf, type References } from './entities';
import { GatewayError } from './errors';
import { federationSdl } from './federation-sdl';

export interface SubgraphSource<Context> {
  readonly name: string;
  /** Executable; directives of Federation stand on its AST nodes, as `buildSchema` and type-graphql leave them. */
  readonly schema: GraphQLSchema;
  /** How the entities are loaded, one function per type with a `@key`; for an interface with a `@key` too. */
  readonly references?: References<Context>;
}

export interface Subgraph {
  readonly name: string;
  /** What composition reads. */
  readonly sdl: string;
  /** `schema` with `_service` and `_entities`: what `inProcess` runs. The given schema is left as it was. */
  readonly schema: GraphQLSchema;
}

/**
 * Makes a subgraph of an executable schema.
 * @throws GatewayError `INVALID_SUBGRAPH` when an entity has no reference resolver, or a resolver no entity: either
 *   would otherwise show as data that is silently missing
 */
export function toSubgraph<Context>({ name, schema, references = {} }: SubgraphSource<Context>): Subgraph {
  const entityTypes = entityTypesOf(schema);
  const problems = [
    ...entityTypes
      .filter((type) => !Object.hasOwn(references, type.name))
      .map((type) => `"${type.name}" has a @key and no reference resolver.`),
    ...Object.keys(references)
      .filter((typename) => !entityTypes.some((type) => type.name === typename))
      .map((typename) => `"${typename}" has a reference resolver and no @key.`),
  ];
  if (problems.length > 0)
    throw new GatewayError('INVALID_SUBGRAPH', `Subgraph "${name}" is not complete.`, problems);
  const sdl = federationSdl(schema);
  const members = entityTypes.filter(isObjectType).map((type) => type.name);
  const extended = extendSchema(schema, parse(extensionOf(schema, members), { noLocation: true }), {
    assumeValid: true,
    assumeValidSDL: true,
  });
  attach(extended, sdl, references);
  return { name, sdl, schema: extended };
}

function extensionOf(schema: GraphQLSchema, entities: readonly string[]): string {
  const query = schema.getQueryType();
  const root = query ? `extend type ${query.name}` : 'extend schema { query: Query } type Query';
  const service = `type _Service { sdl: String! } ${root} { _service: _Service! }`;
  if (entities.length === 0) return service;
  return `${service} scalar _Any union _Entity = ${entities.join(' | ')}
    extend type ${query?.name ?? 'Query'} { _entities(representations: [_Any!]!): [_Entity]! }`;
}

function attach<Context>(schema: GraphQLSchema, sdl: string, references: References<Context>): void {
  const fields = schema.getQueryType()?.getFields();
  const service = fields?.['_service'];
  if (service !== undefined) service.resolve = () => ({ sdl });
  const entities = fields?.['_entities'];
  const union = schema.getType('_Entity');
  if (entities === undefined || !isUnionType(union)) return;
  const { resolveEntities, resolveType } = entitiesOf(schema, references);
  entities.resolve = resolveEntities;
  union.resolveType = resolveType;
}
