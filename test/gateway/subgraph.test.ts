import 'reflect-metadata';
import { graphql, printSchema } from 'graphql';
import {
  Arg,
  buildSchemaSync,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  InterfaceType,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql';
import { GatewayError, toSubgraph, type Reference } from '../../src/gateway';
import { executable } from './world';

enum Colour {
  RED = 1,
  BLUE = 2,
}
registerEnumType(Colour, { name: 'Colour', description: 'What it looks like.' });

@InterfaceType({ description: 'Has a name.' })
abstract class Named {
  @Field(() => String)
  name!: string;
}

@ObjectType({ description: 'A thing\nof two lines.', implements: Named })
@Directive('@key(fields: "id")')
@Directive('@key(fields: "name", resolvable: false)')
class Thing extends Named {
  @Field(() => ID)
  id!: string;

  @Directive('@shareable')
  @Field(() => Colour, { nullable: true })
  colour?: Colour;

  @Directive('@external')
  @Field(() => Int, { nullable: true })
  size?: number;

  @Directive('@inaccessible')
  @Field(() => String, { nullable: true, deprecationReason: 'use name' })
  secret?: string;
}

@InputType()
class Filter {
  @Directive('@inaccessible')
  @Field(() => String, { nullable: true, defaultValue: 'all' })
  hidden?: string;

  @Field(() => Int)
  at!: number;
}

@Resolver(() => Thing)
class ThingResolver {
  @Directive('@shareable')
  @Query(() => [Thing], { description: 'All of them.' })
  things(@Arg('filter', () => Filter, { nullable: true }) filter: Filter | undefined): Thing[] {
    return [{ id: filter?.hidden ?? 'none', name: 'n', colour: Colour.BLUE }];
  }

  @Directive('@requires(fields: "size")')
  @Directive('@override(from: "other")')
  @FieldResolver(() => Int)
  weight(@Root() thing: Thing): number {
    return (thing.size ?? 0) * 2;
  }
}

const load = (references: readonly Reference[]): Promise<(object | null)[]> =>
  Promise.resolve(
    references.map(({ id, size }) => ({ id, size, name: `thing ${String(id)}`, colour: Colour.RED })),
  );

const schema = buildSchemaSync({ resolvers: [ThingResolver], validate: false });

describe('a subgraph of type-graphql', () => {
  const before = printSchema(schema);
  const subgraph = toSubgraph({ name: 'things', schema, references: { Thing: load } });

  test('has the SDL that composition reads', () => {
    expect(subgraph.sdl)
      .toBe(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@external", "@inaccessible", "@key", "@override", "@requires", "@shareable"])

"""What it looks like."""
enum Colour {
  RED
  BLUE
}

input Filter {
  hidden: String = "all" @inaccessible
  at: Int!
}

"""Has a name."""
interface Named {
  name: String!
}

type Query {
  """All of them."""
  things(filter: Filter): [Thing!]! @shareable
}

"""
A thing
of two lines.
"""
type Thing implements Named @key(fields: "id") @key(fields: "name", resolvable: false) {
  name: String!
  id: ID!
  colour: Colour @shareable
  size: Int @external
  secret: String @inaccessible @deprecated(reason: "use name")
  weight: Int! @requires(fields: "size") @override(from: "other")
}
`);
  });

  test('leaves the schema that it was given as it was', () => expect(printSchema(schema)).toBe(before));

  test('answers _service, _entities and its own fields', async () => {
    const representations = [
      { __typename: 'Thing', id: '7', size: 4 },
      { __typename: 'Nope', id: '1' },
      { id: '2' },
      { __typename: 'Thing', id: '8' },
    ];
    const result = await graphql({
      schema: subgraph.schema,
      source: `query ($representations: [_Any!]!) {
        _service { sdl }
        _entities(representations: $representations) { __typename ... on Thing { id name colour weight } }
        things(filter: { at: 1 }) { id colour }
      }`,
      variableValues: { representations },
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      data: {
        _service: { sdl: subgraph.sdl },
        _entities: [
          { __typename: 'Thing', id: '7', name: 'thing 7', colour: 'RED', weight: 8 },
          null,
          null,
          { __typename: 'Thing', id: '8', name: 'thing 8', colour: 'RED', weight: 0 },
        ],
        things: [{ id: 'all', colour: 'BLUE' }],
      },
      errors: [
        expect.objectContaining({
          message: '"Nope" is not an entity of this subgraph.',
          path: ['_entities', 1],
        }),
        expect.objectContaining({ message: 'A representation needs a __typename.', path: ['_entities', 2] }),
      ],
    });
  });
});

describe('reference resolvers', () => {
  const sdl =
    'type Query { x: Int } type A @key(fields: "id") { id: ID! } type B @key(fields: "id") { id: ID! }';
  const source = `{ _entities(representations: [
    { __typename: "A", id: 1 }, { __typename: "B", id: 2 }, { __typename: "A", id: 3 }
  ]) { ... on A { id } ... on B { id } } }`;
  const ask = async (
    a: (references: readonly Reference[]) => Promise<readonly (object | null | Error)[]>,
  ): Promise<{ data: unknown; errors: unknown }> => {
    const { schema: built } = toSubgraph({
      name: 's',
      schema: executable(sdl),
      references: { A: a, B: (references) => Promise.resolve(references) },
    });
    const result = await graphql({ schema: built, source });
    return { data: result.data, errors: result.errors?.map(({ message, path }) => [message, path]) };
  };

  test('are called once per type, with all of its references', async () => {
    const calls: unknown[] = [];
    const { data } = await ask((references) => {
      calls.push(references);
      return Promise.resolve(references);
    });
    expect(calls).toEqual([
      [
        { __typename: 'A', id: 1 },
        { __typename: 'A', id: 3 },
      ],
    ]);
    expect(data).toEqual({ _entities: [{ id: '1' }, { id: '2' }, { id: '3' }] });
  });

  test.each<[string, () => Promise<readonly (object | null | Error)[]>, unknown[], unknown]>([
    [
      'null and an error',
      () => Promise.resolve([null, new Error('no')]),
      [null, { id: '2' }, null],
      [['no', ['_entities', 2]]],
    ],
    [
      'a rejection',
      () => Promise.reject(new Error('down')),
      [null, { id: '2' }, null],
      [
        ['down', ['_entities', 0]],
        ['down', ['_entities', 2]],
      ],
    ],
    [
      'a wrong number',
      () => Promise.resolve([{ id: 1 }]),
      [null, { id: '2' }, null],
      [0, 2].map((index) => ['Asked for 2 references of "A", got 1.', ['_entities', index]]),
    ],
  ])('%s costs only what it is about', async (_, a, entities, errors) => {
    expect(await ask(a)).toEqual({ data: { _entities: entities }, errors });
  });

  test('one that is missing, or that is for no entity, is refused', () => {
    const references = { A: load, C: load };
    expect(() => toSubgraph({ name: 's', schema: executable(sdl), references })).toThrow(
      new GatewayError('INVALID_SUBGRAPH', 'Subgraph "s" is not complete.', [
        '"B" has a @key and no reference resolver.',
        '"C" has a reference resolver and no @key.',
      ]),
    );
  });

  test('a subgraph without entities, and one without a query of its own', async () => {
    const plain = toSubgraph({ name: 's', schema: executable('type Query { x: Int }') });
    expect(printSchema(plain.schema)).not.toContain('_Entity');
    const only = toSubgraph({
      name: 's',
      schema: executable('type A @key(fields: "id") { id: ID! }'),
      references: { A: (references) => Promise.resolve(references) },
    });
    expect(only.sdl).not.toContain('type Query');
    const result = await graphql({
      schema: only.schema,
      source: '{ _entities(representations: [{ __typename: "A", id: 1 }]) { __typename } }',
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual({ data: { _entities: [{ __typename: 'A' }] } });
  });
});
