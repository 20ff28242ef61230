import { blog, library, media, store } from './worlds';
import type { World } from './world';

type Case = readonly [query: string, variables?: Record<string, unknown>];

/** Every query is answered as one schema over the same rows would answer it. */
const cases: Record<string, { world: () => World; queries: readonly Case[] }> = {
  blog: {
    world: blog,
    queries: [
      ['{ __typename }'],
      ['{ kind: __typename user { __typename id } }'],
      ['{ user { name } }'],
      ['{ user(id: "9") { name posts { title } karma } }'],
      ['{ user { name posts { title author { name } } } }'],
      ['{ user { posts { author { posts { author { name karma } } } } } }'],
      ['{ users { id weight } }'],
      ['{ users { weight(factor: 3) w: weight size } }'],
      ['query ($f: Int = 4, $id: ID = "2") { user(id: $id) { weight(factor: $f) } }'],
      ['query ($f: Int = 4, $id: ID = "2") { user(id: $id) { weight(factor: $f) } }', { f: 2, id: '1' }],
      ['query ($ids: [ID!]) { users(ids: $ids) { handle karma } }', { ids: ['3', '1', '3'] }],
      ['{ users { karma latest { score title } } }'],
      ['{ posts { score } }'],
      ['{ posts { id score ranked { name karma handle } } }'],
      ['{ post(id: "p2") { blog { slug } number score author { name } tags } }'],
      ['{ post(id: "nope") { score } }'],
      ['{ matrix { name weight } }'],
      ['{ matrix { posts { score } } }'],
      ['{ a: user(id: 1) { n: name weight } b: user(id: 2) { n: handle weight posts { s: score } } }'],
      // The caller's keys are named like the fields that keys and requirements need.
      ['{ user { id: name weight } }'],
      ['{ user { id: name posts { id: title number: score } } }'],
      ['{ user { size: name weight } }'],
      ['{ user { size(unit: MM) weight } }'],
      ['{ user { width: size(unit: MM) handle: nick size: width weight karma } }'],
      ['{ posts { blog: title number: tags score id: number } }'],
      ['{ users { handle: id nick: handle karma name: karma } }'],
      ['{ users { x: posts { x: title y: score } y: latest { x: score } } }'],
      [
        '{ user { ...A } } fragment A on User { name ...B posts { ...C } } fragment B on User { weight } fragment C on Post { score title author { name } id }',
      ],
      ['{ ...Q user { name } } fragment Q on Query { user { handle } posts { score } }'],
      ['{ user { name name ... { name handle } ... on User { posts { title } posts { score } } } }'],
      ['query ($s: Boolean!) { user { name @skip(if: $s) weight @include(if: $s) } }', { s: true }],
      ['query ($s: Boolean!) { user { name @skip(if: $s) weight @include(if: $s) } }', { s: false }],
      ['query ($s: Boolean = true) { users { posts @skip(if: $s) { score } karma @include(if: $s) } }'],
      [
        'query ($s: Boolean = true) { users { posts @skip(if: $s) { score } karma @include(if: $s) } }',
        { s: false },
      ],
      [
        'query ($a: Boolean!, $b: Boolean!) { user @include(if: $a) { name ... @include(if: $b) { karma } } posts @skip(if: $a) { score } }',
        { a: true, b: true },
      ],
      [
        'query ($a: Boolean!, $b: Boolean!) { user @include(if: $a) { name ... @include(if: $b) { karma } } posts @skip(if: $a) { score } }',
        { a: false, b: true },
      ],
      [
        'query ($a: Boolean!, $b: Boolean!) { user @include(if: $a) { name ... @include(if: $b) { karma } } posts @skip(if: $a) { score } }',
        { a: true, b: false },
      ],
      ['query ($a: Boolean!) { user @include(if: $a) { name } user @skip(if: $a) { handle } }', { a: false }],
      ['{ user { name @skip(if: true) karma @include(if: false) } }'],
      ['{ user { ...F @skip(if: true) id } } fragment F on User { weight }'],
      ['{ __schema { queryType { name } types { name } } user { name } }'],
      ['{ __type(name: "User") { name fields { name args { name defaultValue } } } }'],
      [
        'query ($n: String!) { t: __type(name: $n) { kind enumValues { name } } posts { score } }',
        { n: 'Unit' },
      ],
      ['{ ...I } fragment I on Query { __schema { mutationType { name } } }'],
      ['{ users(ids: ["1", "9"]) { name } }'],
    ],
  },
  library: {
    world: library,
    queries: [
      ['{ items { id title } }'],
      ['{ items { __typename ... on Book { pages } ... on Film { minutes } } }'],
      ['{ items { ... on Book { stock price } ... on Film { stock cost: price } } }'],
      ['{ items { title ... on Stocked { stock } } }'],
      ['{ things { __typename ... on Item { id } ... on Note { text about { title } } } }'],
      ['{ things { ... on Note { about { ... on Book { stock } } } ... on Film { stock } } }'],
      ['{ stocked { stock ... on Item { title } } }'],
      ['{ stocked { __typename ... on Book { pages kind } } }'],
      [
        '{ item(id: "b1") { ... on Book { related { ... on Film { minutes stock } ... on Book { title } } } } }',
      ],
      ['{ item(id: "b1") { ... on Film { stock } } }'],
      ['{ item(id: "zz") { title } }'],
      ['{ items { ...B ...F } } fragment B on Book { x: pages } fragment F on Film { x: minutes }'],
      ['{ items { t: __typename id ... on Book { k: kind stock } } }'],
      [
        'query ($f: Boolean!) { things { ... on Book @include(if: $f) { stock } ... on Film @skip(if: $f) { stock } } }',
        { f: true },
      ],
      [
        'query ($f: Boolean!) { things { ... on Book @include(if: $f) { stock } ... on Film @skip(if: $f) { stock } } }',
        { f: false },
      ],
    ],
  },
  store: {
    world: store,
    queries: [
      ['{ version }'],
      ['{ products { name price average } }'],
      ['{ reviews { body product { name } } }'],
      ['{ reviews { product { name price size { w h } } } }'],
      ['{ product(upc: "u1") { reviews { id product { reviews { body } } } } }'],
      ['{ products { shade } }'],
      ['{ product(upc: "u1") { colour } }'],
      ['{ product(upc: "u2") { upc: name average name: upc } }'],
      [
        '{ __type(name: "Product") { fields { name } } c: __type(name: "Colour") { enumValues { name } } s: __type(name: "Size") { fields { name } } }',
      ],
    ],
  },
  media: {
    world: media,
    queries: [
      ['{ files { id title likes } }'],
      ['{ files { __typename likes ... on Song { seconds } } }'],
      ['{ top { id likes } }'],
      ['{ top { likes title } }'],
      ['{ top { __typename id } }'],
      ['{ top { title ... on Song { seconds } } }'],
      ['{ top { likes ... on Song { seconds } ... on Clip { frames likes } } }'],
      ['{ best { fan { name favourite { title __typename } } } }'],
      ['{ best { ... on Clip { id } } }'],
      ['{ files { ... on Clip { likes fan { name } } } }'],
    ],
  },
};

for (const [name, { world, queries }] of Object.entries(cases)) {
  describe(`${name}: the gateway answers as one schema would`, () => {
    const asked = world();
    test.each(queries.map(([query, variables]) => [query, variables ?? {}] as const))(
      '%s %j',
      async (query, variables) => {
        const [answer, expected] = [
          await asked.ask(query, variables),
          await asked.askWhole(query, variables),
        ];
        expect(answer).toEqual(expected);
      },
    );
  });
}
