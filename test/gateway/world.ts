import {
  buildASTSchema,
  execute,
  isAbstractType,
  isObjectType,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import {
  compose,
  Graph,
  inProcess,
  publicSchema,
  toSubgraph,
  type GraphOptions,
  type GraphRequest,
  type Reference,
  type Runner,
  type SubgraphRequest,
  type SubgraphResult,
} from '../../src/gateway';

export type Row = Record<string, unknown>;
export type Resolvers = Record<string, Record<string, GraphQLFieldResolver<Row, unknown>>>;
export type Loaders = Record<string, (reference: Reference) => object | null | Error>;

export interface Part {
  readonly sdl: string;
  /** Field resolvers that differ from reading the property of the row. */
  readonly resolvers?: Resolvers;
  readonly loaders?: Loaders;
  /** The SDL that composition reads, where another server prints it otherwise (Federation 1, say). */
  readonly published?: string;
}

export interface WorldSource {
  readonly subgraphs: Record<string, Part>;
  /** Resolvers of the same graph as one schema; absent where there is no such thing. */
  readonly whole?: Resolvers;
}

export interface Sent {
  readonly service: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An executable schema of SDL; rows name their type in `__typename` where it is abstract. */
export function executable(sdl: string, resolvers: Resolvers = {}): GraphQLSchema {
  const schema = buildASTSchema(parse(sdl), { assumeValid: true, assumeValidSDL: true });
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (row: { __typename: string }) => row.__typename;
    if (!isObjectType(type)) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      const resolve = resolvers[type.name]?.[name];
      if (resolve !== undefined) field.resolve = resolve;
    }
  }
  return schema;
}

export type Answer = { data?: unknown; errors?: unknown };

/** A small supergraph in this process, which remembers what its subgraphs were asked. */
export class World {
  readonly supergraphSdl: string;
  readonly graph: Graph;
  readonly sent: Sent[] = [];
  /** Runs in place of a subgraph's own runner. */
  readonly instead: Record<string, Runner> = {};
  private readonly monolith: GraphQLSchema | null;

  constructor({ subgraphs, whole }: WorldSource, options: GraphOptions = {}) {
    const built = Object.entries(subgraphs).map(([name, { sdl, resolvers, loaders = {} }]) =>
      toSubgraph({
        name,
        schema: executable(sdl, resolvers),
        references: Object.fromEntries(
          Object.entries(loaders).map(([type, load]) => [
            type,
            (references: readonly Reference[]) => Promise.resolve(references.map(load)),
          ]),
        ),
      }),
    );
    this.supergraphSdl = compose(
      built.map(({ name, sdl }) => ({ name, sdl: subgraphs[name]?.published ?? sdl })),
    );
    const runners = Object.fromEntries(
      built.map(({ name, schema }) => [name, this.watched(name, inProcess(schema))]),
    );
    this.graph = new Graph(this.supergraphSdl, runners, 100_000, options);
    this.monolith = whole === undefined ? null : monolithOf(publicSchema(this.supergraphSdl), whole);
  }

  /** The gateway's answer, as JSON. */
  async ask(
    query: string,
    variables: Record<string, unknown> = {},
    rest: Partial<GraphRequest> = {},
  ): Promise<Answer> {
    return plain(await this.graph.execute({ document: this.valid(query), variables, ...rest }));
  }

  /** True when `askWhole` has an answer. */
  get isOneSchema(): boolean {
    return this.monolith !== null;
  }

  /** The answer of the same graph as one schema, as JSON. */
  async askWhole(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    if (this.monolith === null) throw new Error('This world is not one schema.');
    return plain(
      await execute({ schema: this.monolith, document: this.valid(query), variableValues: variables }),
    );
  }

  /** The representations that `service` was sent, request by request. */
  representations(service: string): unknown[][] {
    return this.sent
      .filter((sent) => sent.service === service)
      .map(({ variables }) => Object.values(variables).filter(Array.isArray).flat());
  }

  private valid(query: string) {
    const document = parse(query);
    const errors = validate(this.graph.schema, document);
    if (errors.length > 0) throw new Error(`The test's query is not valid: ${errors.map(String).join('\n')}`);
    return document;
  }

  private watched(service: string, runner: Runner): Runner {
    return (request: SubgraphRequest): Promise<SubgraphResult> | SubgraphResult => {
      const { query, variables } = request;
      this.sent.push({ service, query, variables });
      return (this.instead[service] ?? runner)(request);
    };
  }
}

function monolithOf(schema: GraphQLSchema, resolvers: Resolvers): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (row: { __typename: string }) => row.__typename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      const resolve = resolvers[type.name]?.[name];
      if (resolve !== undefined) field.resolve = resolve;
    }
  }
  return schema;
}

/** Locations are left out: the gateway's errors point into no document of the caller's. */
function plain(result: ExecutionResult): Answer {
  const errors = result.errors?.map((error) => {
    const { message, path, extensions } = error.toJSON();
    return { message, path, extensions };
  });
  return JSON.parse(JSON.stringify({ ...result, ...(errors ? { errors } : {}) })) as Answer;
}
