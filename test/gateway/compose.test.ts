import { lexicographicSortSchema, parse, printSchema } from 'graphql';
import { compose, GatewayError, publicSchema, subgraphsOf } from '../../src/gateway';
import { Planner } from '../../src/gateway/plan';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@inaccessible", "@external", "@requires", "@interfaceObject", "@tag", { name: "@provides", as: "@gives" }])`;

const users = {
  name: 'users',
  url: 'http://127.0.0.1:1/graphql',
  sdl: `${LINK}
    "The root."
    type Query {
      "Who asks."
      me("Which one." id: ID = "x", tone: Tone = KIND): User @deprecated(reason: "use viewer")
      any: Any
    }
    "A person."
    type User implements Hidden & Seen @key(fields: "id") { id: ID! "The name." name: String secret: Secret @inaccessible }
    type Secret @inaccessible { code: String }
    interface Hidden @inaccessible { id: ID! }
    interface Seen { id: ID! }
    union Any = User | Secret
    enum Tone { KIND RUDE @inaccessible }
    input Where @oneOf { a: Int b: Int }`,
};
const posts = {
  name: 'posts',
  sdl: `${LINK} type User @key(fields: "id") { id: ID! posts: [Post!] } "What they wrote." type Post { text: String @tag(name: "x") }`,
};

const problems = (act: () => unknown): readonly string[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return [error.code, ...error.details];
    throw error;
  }
  return [];
};

test('the same subgraphs give the same text, in whatever order they come', () => {
  const [first, second] = [compose([users, posts]), compose([posts, users])];
  expect(first).toBe(second);
  expect(first.endsWith('}\n')).toBe(true);
  expect([...subgraphsOf(first)]).toEqual([
    ['posts', ''],
    ['users', 'http://127.0.0.1:1/graphql'],
  ]);
});

test('the public schema keeps descriptions, deprecations and defaults, and nothing of federation', () => {
  const schema = publicSchema(compose([users, posts]));
  expect(printSchema(lexicographicSortSchema(schema))).toBe(`union Any = User

"""What they wrote."""
type Post {
  text: String
}

"""The root."""
type Query {
  any: Any

  """Who asks."""
  me(
    """Which one."""
    id: ID = "x"
    tone: Tone = KIND
  ): User @deprecated(reason: "use viewer")
}

interface Seen {
  id: ID!
}

enum Tone {
  KIND
}

"""A person."""
type User implements Seen {
  id: ID!

  """The name."""
  name: String
  posts: [Post!]
}

input Where @oneOf {
  a: Int
  b: Int
}`);
});

test('all errors of the composer are told', () => {
  const broken = {
    name: 'broken',
    sdl: `${LINK} type Query { me: Int } type User @key(fields: "nope") { id: ID! }`,
  };
  const found = problems(() => compose([users, broken]));
  expect(found.length).toBeGreaterThan(1);
  expect(found[0]).toBe('COMPOSITION_FAILED');
  expect(found.join('\n')).toContain('KEY_INVALID_FIELDS');
});

test('SDL that does not parse names its subgraph', () => {
  expect(problems(() => compose([{ name: 'typo', sdl: 'type {' }]))[1]).toMatch(/^\[typo\] Syntax Error/);
});

describe('what the composer would get wrong is refused', () => {
  test('a union against its member', () => {
    const a = `${LINK} type Query { media: Media @shareable } union Media = Book | Film type Book { t: Int } type Film { t: Int }`;
    const b = `${LINK} type Query { media: Book! @shareable } type Book { t: Int @shareable }`;
    expect(
      problems(() =>
        compose([
          { name: 'a', sdl: a },
          { name: 'b', sdl: b },
        ]),
      ),
    ).toEqual([
      'COMPOSITION_FAILED',
      'UNION_AGAINST_MEMBER: Query.media is the union "Media" in [a] and its member "Book" in [b]: give it the union in all of them.',
    ]);
  });

  test('@external on an @interfaceObject', () => {
    const sdl = `${LINK} type Query { x: Int } type Media @key(fields: "id") @interfaceObject { id: ID! title: String @external loud: String @requires(fields: "title") }`;
    expect(problems(() => compose([{ name: 'a', sdl }]))).toEqual([
      'COMPOSITION_FAILED',
      'EXTERNAL_ON_INTERFACE_OBJECT: [a] Media.title is @external on an @interfaceObject: require it on the types that implement the interface.',
    ]);
  });

  test('@requires through a fragment on what is @inaccessible', () => {
    const sdl = (mark: string): string =>
      `${LINK} type Query { x: Int } type E @key(fields: "id") { id: ID! data: Data @external out: String @requires(fields: "data { ... on Foo { bar } }") } interface Data { foo: Int } type Foo implements Data { foo: Int bar: Int ${mark} }`;
    expect(problems(() => compose([{ name: 'a', sdl: sdl('@inaccessible') }]))).toEqual([
      'COMPOSITION_FAILED',
      'REQUIRES_THROUGH_INACCESSIBLE: [a] E.out requires fields through "... on Foo", of which something is @inaccessible: require them without a fragment, or make them accessible.',
    ]);
    expect(problems(() => compose([{ name: 'a', sdl: sdl('') }])).join()).not.toContain(
      'REQUIRES_THROUGH_INACCESSIBLE',
    );
  });
});

describe('what the planner would get wrong is refused', () => {
  const linked = LINK.replace('"@tag"', '"@tag", "@context", "@fromContext"');
  const inContext = {
    name: 'a',
    sdl: `${linked} type Query { u: U } type U @key(fields: "id") @context(name: "c") { id: ID! tone: String! t: T }
      type T @key(fields: "id") { id: ID! said(as: String @fromContext(field: "$c { tone }")): String }`,
  };
  const sensors = {
    name: 'a',
    sdl: `${LINK} type Query { room: Room } type Room @key(fields: "id") { id: ID! sensor: Sensor raw(unit: Int): Int }
      type Sensor { raw(unit: Int): Int }`,
  };
  const requiring = (one: string, two: string, outer = 1) => ({
    name: 'b',
    sdl: `${LINK} type Room @key(fields: "id") {
        id: ID! sensor: Sensor @external raw(unit: Int): Int @external
        one: Int @requires(fields: "${one}") two: Int @requires(fields: "${two}")
        outer: Int @requires(fields: "raw(unit: ${outer})")
      }
      type Sensor { raw(unit: Int): Int @external }`,
  });

  test('an argument from a context', () => {
    const other = { name: 'b', sdl: `${LINK} type T @key(fields: "id") { id: ID! x: Int }` };
    expect(problems(() => compose([inContext, other]))).toEqual([
      'COMPOSITION_FAILED',
      'CONTEXT_ARGUMENT: T.said has an argument @fromContext, which is not supported: give the field what it needs by @requires.',
    ]);
  });

  test('a field that two require within objects with different arguments', () => {
    const subgraphs = [sensors, requiring('sensor { raw(unit: 1) }', 'sensor { raw(unit: 2) }')];
    expect(problems(() => compose(subgraphs))).toEqual([
      'COMPOSITION_FAILED',
      'REQUIRED_ARGUMENTS: Room.one requires raw(unit: 1) within an object, and Room.two requires raw(unit: 2): give both the same arguments.',
      'REQUIRED_ARGUMENTS: Room.two requires raw(unit: 2) within an object, and Room.outer requires raw(unit: 1): give both the same arguments.',
    ]);
  });

  test('a field that only one of them requires within an object', () => {
    const subgraphs = [sensors, requiring('sensor { raw(unit: 1) }', 'sensor { raw(unit: 1) }', 3)];
    expect(problems(() => compose(subgraphs))).toEqual([
      'COMPOSITION_FAILED',
      ...['one', 'two'].map(
        (field) =>
          `REQUIRED_ARGUMENTS: Room.${field} requires raw(unit: 1) within an object, and Room.outer requires raw(unit: 3): give both the same arguments.`,
      ),
    ]);
  });

  test('and the same arguments are not', () => {
    const same = 'sensor { raw(unit: 1) }';
    expect(problems(() => compose([sensors, requiring(same, same)]))).toEqual([]);
  });
});

test('a supergraph that is none cannot be planned for', () => {
  const schema = publicSchema(compose([users, posts]));
  expect(problems(() => new Planner(parse('scalar X'), 'type {', schema))[0]).toBe('INVALID_SUPERGRAPH');
});
