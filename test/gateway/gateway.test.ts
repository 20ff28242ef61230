import 'reflect-metadata';
import { ApolloServer } from '@apollo/server';
import {
  Arg,
  buildSchemaSync,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { compose, createGateway, GatewayError, inProcess, toSubgraph, type Gateway } from '../../src/gateway';

interface Context {
  readonly caller: string;
  readonly signal?: AbortSignal;
}

@ObjectType('Owner')
@Directive('@key(fields: "handle")')
class Owner {
  @Field(() => ID)
  handle!: string;

  @Field(() => String, { nullable: true })
  displayName?: string;
}

@Resolver(() => Owner)
class OwnerResolver {
  @Query(() => [Owner])
  owners(@Arg('first', () => Int, { defaultValue: 2 }) first: number): Owner[] {
    return ['ann', 'bob', 'cat']
      .slice(0, first)
      .map((handle) => ({ handle, displayName: handle.toUpperCase() }));
  }
}

@ObjectType('Owner')
@Directive('@key(fields: "handle")')
class Member {
  @Field(() => ID)
  handle!: string;
}

@Resolver(() => Member)
class MemberResolver {
  @FieldResolver(() => String, { nullable: true })
  role(@Root() member: Member, @Ctx() { caller }: Context): string {
    if (member.handle === 'bob') throw new RangeError('bob has no role');
    return `${member.handle} to ${caller}`;
  }
}

const owners = toSubgraph({
  name: 'owners',
  schema: buildSchemaSync({ resolvers: [OwnerResolver], validate: false }),
  references: { Owner: (references) => Promise.resolve(references) },
});
const members = toSubgraph({
  name: 'members',
  schema: buildSchemaSync({
    resolvers: [MemberResolver],
    orphanedTypes: [Member],
    validate: false,
    skipCheck: true,
  }),
  references: { Owner: (references) => Promise.resolve(references) },
});
const runners = { owners: inProcess(owners.schema), members: inProcess(members.schema) };
const supergraphSdl = compose([owners, members]);

async function serve(gateway: Gateway): Promise<ApolloServer<Context>> {
  const server = new ApolloServer<Context>({
    gateway,
    formatError: ({ message, path, extensions }) => ({
      message,
      ...(path ? { path } : {}),
      extensions: { code: extensions?.['code'] },
    }),
  });
  await server.start();
  return server;
}

async function ask(
  server: ApolloServer<Context>,
  query: string,
  variables = {},
  context = {},
): Promise<unknown> {
  const { body } = await server.executeOperation(
    { query, variables },
    { contextValue: { caller: 'dan', ...context } },
  );
  if (body.kind !== 'single') throw new Error('Expected one answer.');
  return JSON.parse(JSON.stringify(body.singleResult));
}

describe('Apollo Server over two subgraphs of type-graphql', () => {
  test('answers by both, with the context value of the request', async () => {
    const server = await serve(createGateway({ supergraphSdl, runners }));
    expect(
      await ask(server, 'query ($n: Int!) { owners(first: $n) { handle displayName role } }', { n: 3 }),
    ).toEqual({
      data: {
        owners: [
          { handle: 'ann', displayName: 'ANN', role: 'ann to dan' },
          { handle: 'bob', displayName: 'BOB', role: null },
          { handle: 'cat', displayName: 'CAT', role: 'cat to dan' },
        ],
      },
      errors: [
        {
          message: 'bob has no role',
          path: ['owners', 1, 'role'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    });
    await server.stop();
  });

  test.each([
    ['a syntax error', '{ owners {', {}, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', '{ owners { nope } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['what only the gateway may ask', '{ _service { sdl } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a variable of the wrong type',
      'query ($n: Int!) { owners(first: $n) { handle } }',
      { n: 'x' },
      'BAD_USER_INPUT',
    ],
  ])('%s is refused with %s', async (_, query, variables, code) => {
    const server = await serve(createGateway({ supergraphSdl, runners }));
    const answer = await ask(server, query, variables);
    expect(answer).toEqual({ errors: [expect.objectContaining({ extensions: { code } })] });
    await server.stop();
  });

  test('the signal of the context value ends the request', async () => {
    const signalOf = (context: unknown): AbortSignal | undefined => (context as Context).signal;
    const server = await serve(createGateway({ supergraphSdl, runners, signalOf }));
    expect(await ask(server, '{ owners { handle } }', {}, { signal: AbortSignal.abort() })).toEqual({
      errors: [{ message: 'The request was aborted.', extensions: { code: 'UNAVAILABLE' } }],
    });
    await server.stop();
  });
});

describe('another supergraph, while serving', () => {
  test('is served from the next request on; one under way ends on the graph it began with', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reached = (): void => undefined;
    const underWay = new Promise<void>((resolve) => (reached = resolve));
    const slow = {
      ...runners,
      owners: async (request: Parameters<typeof runners.owners>[0]) => {
        reached();
        await held;
        return runners.owners(request);
      },
    };
    const gateway = createGateway({ supergraphSdl, runners: slow });
    const server = await serve(gateway);
    const before = ask(server, '{ owners(first: 1) { role } }');
    await underWay;
    const alone = compose([owners]);
    await gateway.update({ supergraphSdl: alone, runners });
    expect(await ask(server, '{ owners(first: 1) { role } }')).toMatchObject({
      errors: [{ message: 'Cannot query field "role" on type "Owner".' }],
    });
    expect(await ask(server, '{ owners(first: 1) { displayName } }')).toEqual({
      data: { owners: [{ displayName: 'ANN' }] },
    });
    release();
    expect(await before).toEqual({ data: { owners: [{ role: 'ann to dan' }] } });
    await server.stop();
  });

  test('one that cannot be served is refused, and the old one goes on', async () => {
    const gateway = createGateway({ supergraphSdl, runners });
    const server = await serve(gateway);
    await expect(gateway.update({ supergraphSdl, runners: { owners: runners.owners } })).rejects.toThrow(
      new GatewayError('INVALID_SUPERGRAPH', 'Subgraphs have no runner.', ['members']),
    );
    expect(await ask(server, '{ owners(first: 1) { role } }')).toEqual({
      data: { owners: [{ role: 'ann to dan' }] },
    });
    await server.stop();
  });
});
