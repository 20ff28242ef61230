import type { World, Answer } from '../world';
import { EVERYTHING, guarded, NOBODY, SOMEBODY, type Caller } from './world';

/** Each place that a requirement can stand at, for who may have it and for who may not. */

const notes = [
  { __typename: 'Memo', id: 'n1', text: 'plain', draft: 'd1' },
  { __typename: 'Letter', id: 'n2', text: 'sealed', draft: 'd2' },
];
const ran: string[] = [];
const run = (name: string) => (): string => {
  ran.push(name);
  return name;
};

const world: World = guarded({
  notes: {
    sdl: `
      type Query {
        open: String
        secret: String @authenticated
        vital: String! @authenticated
        staff: String @requiresScopes(scopes: [["staff"], ["read", "write"]])
        paid: String @policy(policies: [["paid"]])
        all: String @authenticated @requiresScopes(scopes: [["staff"]]) @policy(policies: [["paid", "trusted"]])
        vault: Vault
        vaults: [[Vault!]!]
        token: Token
        moods: [Mood!]
        note(id: ID!): Note
        notes: [Note!]!
        anything: [Anything]
        everything: [Anything!]!
        box: Box!
      }
      type Box { label: String! inner: Box safe: Safe }
      type Safe { code: Int! @authenticated note: String }
      type Vault @authenticated { id: ID! }
      scalar Token @authenticated
      enum Mood @requiresScopes(scopes: [["read"]]) { GOOD BAD }
      interface Note { id: ID! text: String draft: String }
      type Memo implements Note @key(fields: "id") { id: ID! text: String draft: String @authenticated }
      type Letter implements Note @key(fields: "id") { id: ID! text: String @requiresScopes(scopes: [["read"]]) draft: String @authenticated }
      union Anything = Memo | Vault
      type Mutation {
        touch: String
        wipe: String @requiresScopes(scopes: [["write"]])
        purge: String! @authenticated
      }`,
    resolvers: {
      Query: {
        open: () => 'open',
        secret: () => 'secret',
        vital: () => 'vital',
        staff: () => 'staff',
        paid: () => 'paid',
        all: () => 'all',
        vault: () => ({ id: 'v' }),
        vaults: () => [[{ id: 'v' }], []],
        token: () => 't',
        moods: () => ['GOOD'],
        note: (_, { id }) => notes.find((note) => note.id === id) ?? null,
        notes: () => notes,
        anything: () => [notes[0], { __typename: 'Vault', id: 'v' }, null],
        everything: () => [notes[0], { __typename: 'Vault', id: 'v' }],
        box: () => ({
          label: 'l',
          inner: { label: 'm', safe: { code: 1, note: 'n' } },
          safe: { code: 2, note: 'o' },
        }),
      },
      Mutation: { touch: run('touch'), wipe: run('wipe'), purge: run('purge') },
    },
    loaders: { Memo: ({ id }) => notes.find((note) => note.id === id) ?? null, Letter: () => null },
  },
  tags: {
    sdl: `type Memo @key(fields: "id") { id: ID! tag: String @requiresScopes(scopes: [["read"]]) }
          type Letter @key(fields: "id") { id: ID! tag: String }`,
    resolvers: { Memo: { tag: () => 'm' }, Letter: { tag: () => 'l' } },
    loaders: { Memo: (reference) => reference, Letter: (reference) => reference },
  },
});

const SIGNED = 'a valid credential';
const READ = 'the scope "read"';

/** @param refusals what is refused, what it needs, and the paths where */
async function expectAnswer(
  query: string,
  caller: Caller,
  data: unknown,
  refusals: readonly [what: string, needs: string, path: string][],
): Promise<void> {
  const answer: Answer = await world.ask(query, {}, { context: caller });
  expect(answer).toEqual({
    data,
    ...(refusals.length > 0 && {
      errors: refusals.map(([what, needs, path]) => ({
        message: `"${what}" needs ${needs}.`,
        path: path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
        extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
      })),
    }),
  });
}

const READER: Caller = { authenticated: true, scopes: ['read'] };

describe('what a caller may not have is null, with an error at its place', () => {
  test.each<[string, Caller, unknown, [string, string, string][]]>([
    ['{ open secret }', NOBODY, { open: 'open', secret: null }, [['Query.secret', SIGNED, 'secret']]],
    ['{ open secret }', SOMEBODY, { open: 'open', secret: 'secret' }, []],
    ['{ open }', NOBODY, { open: 'open' }, []],
    [
      '{ mine: secret s: secret }',
      NOBODY,
      { mine: null, s: null },
      [
        ['Query.secret', SIGNED, 'mine'],
        ['Query.secret', SIGNED, 's'],
      ],
    ],
    ['{ open vital }', NOBODY, null, [['Query.vital', SIGNED, 'vital']]],
    ['{ vital }', SOMEBODY, { vital: 'vital' }, []],
    [
      '{ staff }',
      READER,
      { staff: null },
      [['Query.staff', 'the scopes "read" and "write" or "staff"', 'staff']],
    ],
    ['{ staff }', { scopes: ['staff'] }, { staff: 'staff' }, []],
    ['{ staff }', { scopes: ['read', 'write'] }, { staff: 'staff' }, []],
    ['{ paid }', { policies: ['trusted'] }, { paid: null }, [['Query.paid', 'the policy "paid"', 'paid']]],
    ['{ paid }', { policies: ['paid'] }, { paid: 'paid' }, []],
    [
      '{ all }',
      { ...EVERYTHING, policies: ['paid'] },
      { all: null },
      [['Query.all', `${SIGNED}, and the scope "staff", and the policies "paid" and "trusted"`, 'all']],
    ],
    ['{ all }', EVERYTHING, { all: 'all' }, []],
    ['{ vault { id } }', NOBODY, { vault: null }, [['Query.vault', SIGNED, 'vault']]],
    ['{ vault { id } vaults { id } }', SOMEBODY, { vault: { id: 'v' }, vaults: [[{ id: 'v' }], []] }, []],
    ['{ vaults { __typename } }', NOBODY, { vaults: null }, [['Query.vaults', SIGNED, 'vaults']]],
    [
      '{ token moods }',
      NOBODY,
      { token: null, moods: null },
      [
        ['Query.token', SIGNED, 'token'],
        ['Query.moods', READ, 'moods'],
      ],
    ],
    ['{ token moods }', READER, { token: 't', moods: ['GOOD'] }, []],
    // below: null goes up as far as the public schema says
    [
      '{ box { label inner { safe { code note } } } }',
      NOBODY,
      { box: { label: 'l', inner: { safe: null } } },
      [['Safe.code', SIGNED, 'box.inner.safe.code']],
    ],
    ['{ box { safe { note } } }', NOBODY, { box: { safe: { note: 'o' } } }, []],
    // fragments
    [
      '{ ...F open } fragment F on Query { secret ... { v: vault { id } } }',
      NOBODY,
      { secret: null, v: null, open: 'open' },
      [
        ['Query.secret', SIGNED, 'secret'],
        ['Query.vault', SIGNED, 'v'],
      ],
    ],
    // an interface: each object by its own type
    [
      '{ notes { id text } }',
      NOBODY,
      {
        notes: [
          { id: 'n1', text: 'plain' },
          { id: 'n2', text: null },
        ],
      },
      [['Letter.text', READ, 'notes.1.text']],
    ],
    ['{ notes { text } }', READER, { notes: [{ text: 'plain' }, { text: 'sealed' }] }, []],
    [
      '{ notes { draft } }',
      NOBODY,
      { notes: [{ draft: null }, { draft: null }] },
      [
        ['Memo.draft', SIGNED, 'notes.0.draft'],
        ['Letter.draft', SIGNED, 'notes.1.draft'],
      ],
    ],
    [
      '{ notes { ... on Memo { tag } ... on Letter { tag text } } }',
      NOBODY,
      { notes: [{ tag: null }, { tag: 'l', text: null }] },
      [
        ['Memo.tag', READ, 'notes.0.tag'],
        ['Letter.text', READ, 'notes.1.text'],
      ],
    ],
    [
      '{ note(id: "n1") { ...N } } fragment N on Note { t: text ... on Letter { text } }',
      NOBODY,
      { note: { t: 'plain' } },
      [],
    ],
    // what is not there, or is hidden by its subgraph, is null as ever, and without a word
    ['{ note(id: "?") { draft text } }', NOBODY, { note: null }, []],
    // a union: objects of a type that is refused are null wherever they stand
    [
      '{ anything { __typename ... on Memo { id } ... on Vault { vid: id } } }',
      NOBODY,
      { anything: [{ __typename: 'Memo', id: 'n1' }, null, null] },
      [['Vault', SIGNED, 'anything.1']],
    ],
    [
      '{ anything { __typename ... on Vault { vid: id } } }',
      SOMEBODY,
      { anything: [{ __typename: 'Memo' }, { __typename: 'Vault', vid: 'v' }, null] },
      [],
    ],
    ['{ open everything { ... on Memo { id } } }', NOBODY, null, [['Vault', SIGNED, 'everything.1']]],
    [
      '{ __schema { queryType { name } } secret }',
      NOBODY,
      { __schema: { queryType: { name: 'Query' } }, secret: null },
      [['Query.secret', SIGNED, 'secret']],
    ],
  ])('%s for %j', async (query, caller, data, refusals) => {
    await expectAnswer(query, caller, data, refusals);
  });

  test.each([[true], [false]])('a condition of %s on what is refused', async (yes) => {
    const query = 'query ($yes: Boolean!) { open vital @include(if: $yes) secret @skip(if: $yes) }';
    const { data, errors } = await world.ask(query, { yes }, { context: NOBODY });
    expect(data).toEqual(yes ? null : { open: 'open', secret: null });
    expect(errors).toMatchObject([{ path: [yes ? 'vital' : 'secret'] }]);
  });
});

describe('what a caller may not have is not asked of a subgraph', () => {
  const sent = async (query: string, caller: Caller): Promise<string[]> => {
    world.sent.length = 0;
    await world.ask(query, {}, { context: caller });
    return world.sent.map(({ service, query: text }) => `${service}: ${text.replace(/\s+/g, ' ')}`);
  };

  test.each<[string, Caller, string[]]>([
    ['{ secret vault { id } }', NOBODY, []],
    ['{ open vital }', NOBODY, []],
    ['{ open secret }', NOBODY, ['notes: {open}']],
    ['{ box { safe { code } } }', NOBODY, ['notes: {box{safe{__typename}}}']],
    ['{ notes { draft } }', NOBODY, ['notes: {notes{__typename}}']],
    ['{ notes { ... on Memo { tag } } }', NOBODY, ['notes: {notes{__typename ...on Memo{__typename}}}']],
  ])('%s for %j', async (query, caller, expected) => {
    expect(await sent(query, caller)).toEqual(expected);
  });

  test('a subgraph that only has what is refused is not asked at all', async () => {
    expect((await sent('{ notes { ... on Memo { tag } } }', READER)).map((text) => text.slice(0, 5))).toEqual(
      ['notes', 'tags:'],
    );
  });
});

describe('mutations', () => {
  const mutate = async (query: string, caller: Caller): Promise<[unknown, string[]]> => {
    ran.length = 0;
    const { data } = await world.ask(query, {}, { context: caller });
    return [data, [...ran]];
  };

  test.each<[string, Caller, unknown, string[]]>([
    [
      'mutation { a: touch wipe b: touch }',
      NOBODY,
      { a: 'touch', wipe: null, b: 'touch' },
      ['touch', 'touch'],
    ],
    ['mutation { wipe }', NOBODY, { wipe: null }, []],
    ['mutation { ... { w: wipe } }', NOBODY, { w: null }, []],
    ['mutation { touch wipe }', EVERYTHING, { touch: 'touch', wipe: 'wipe' }, ['touch', 'wipe']],
    // the whole answer would be null: nothing is run, so that nothing was done that nobody hears of
    ['mutation { touch purge }', NOBODY, null, []],
    ['mutation { touch purge }', SOMEBODY, { touch: 'touch', purge: 'purge' }, ['touch', 'purge']],
  ])('%s for %j', async (query, caller, data, expected) => {
    expect(await mutate(query, caller)).toEqual([data, expected]);
  });
});

test('a plan is kept for each outcome of what an operation needs, not for each set of scopes', async () => {
  const before = world.graph.plannedOperations;
  const query = '{ keep: open staff }';
  for (let at = 0; at < 50; at++) await world.ask(query, {}, { context: { scopes: [`made-up-${at}`] } });
  expect(world.graph.plannedOperations).toBe(before + 1);
  await world.ask(query, {}, { context: { scopes: ['staff', 'x'] } });
  await world.ask(query, {}, { context: EVERYTHING });
  expect(world.graph.plannedOperations).toBe(before + 2);
});
