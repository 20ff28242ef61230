import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { subgraphsOf } from '../src/gateway';
import { algogate, type Ended } from './builders/program';

/** Chapter 5, "Operators add subgraphs": `algogate compose` prints the graph, and with `--check` only says what is wrong. */

const OURS = readFileSync(join(__dirname, '../schema/supergraph.graphql'), 'utf8');
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
  import: ["@key", "@shareable", "@external", "@override", "@interfaceObject"])`;
/** Nobody is there, and nobody is asked. */
const URL = 'http://127.0.0.1:9/graphql';
const REVIEWS =
  'type Review @key(fields: "id") { id: ID! } type Algorithm @key(fields: "ref") { ref: String! reviews: [Review!] }';

/** With the subgraphs of a file, by name, each with its SDL in a file of its own. */
function compose(words: readonly string[], sdls: Readonly<Record<string, string>>): Promise<Ended> {
  const names = Object.keys(sdls);
  const listed = names.map((name) => `  - { name: ${name}, url: "${URL}", schema: ./${name}.graphql }\n`);
  return algogate(
    ['compose', ...words],
    { ALGOGATE_SUBGRAPHS: 'subgraphs.yaml' },
    {
      'subgraphs.yaml': `subgraphs:\n${listed.join('')}`,
      ...Object.fromEntries(names.map((name) => [`${name}.graphql`, `${LINK}\n${sdls[name] ?? ''}`])),
    },
  );
}

/** With these files, and no network. */
const composeFile = (given: Readonly<Record<string, string>>): Promise<Ended> =>
  algogate(['compose', '--check'], { ALGOGATE_SUBGRAPHS: 'subgraphs.yaml' }, given);

const FINE = { code: 0, stdout: '', stderr: '', files: [] };
const wrong = (...lines: string[]): Ended => ({
  code: 1,
  stdout: '',
  stderr: lines.map((line) => `${line}\n`).join(''),
  files: [],
});
const unusable = (line: string): Ended => ({
  code: 2,
  stdout: '',
  stderr: `ALGOGATE_SUBGRAPHS: ${line}\n`,
  files: [],
});

test('of our subgraphs alone it prints what is committed, and there is nothing wrong with it', async () => {
  expect(await algogate(['compose'], {})).toEqual({ ...FINE, stdout: OURS });
  expect(await algogate(['compose', '--check'], {})).toEqual(FINE);
});

test('what others add is in it, with where they are', async () => {
  expect(await compose(['--check'], { reviews: REVIEWS })).toEqual(FINE);
  const { stdout, ...ended } = await compose([], { reviews: REVIEWS });
  expect({ ...ended, stdout: '' }).toEqual(FINE);
  expect([...subgraphsOf(stdout)]).toEqual([
    ['access', ''],
    ['registry', ''],
    ['reviews', URL],
    ['usage', ''],
  ]);
  expect(stdout).toContain('reviews: [Review!] @join__field(graph: REVIEWS)');
});

test.each<[string, Readonly<Record<string, string>>, string[]]>([
  [
    'an SDL that breaks what is ours',
    {
      reviews:
        'type Algorithm @key(fields: "ref") { ref: Int! reviews: Int } type Mutation { createUser(input: String): String }',
    },
    [
      'FIELD_ARGUMENT_TYPE_MISMATCH: Type of argument "Mutation.createUser(input:)" is incompatible across subgraphs: it has type "CreateUserInput!" in subgraph "access" but type "String" in subgraph "reviews"',
      'FIELD_TYPE_MISMATCH: Type of field "Algorithm.ref" is incompatible across subgraphs: it has type "String!" in subgraphs "access", "registry", "usage" but type "Int!" in subgraph "reviews"',
      'FIELD_TYPE_MISMATCH: Type of field "Mutation.createUser" is incompatible across subgraphs: it has type "CreateUserPayload!" in subgraph "access" but type "String" in subgraph "reviews"',
      'INVALID_FIELD_SHARING: Non-shareable field "Mutation.createUser" is resolved from multiple subgraphs: it is resolved from subgraphs "access" and "reviews" and defined as non-shareable in all of them',
    ],
  ],
  [
    'one that would take what is ours',
    {
      reviews:
        'type Algorithm @key(fields: "ref") { ref: String! description: String @override(from: "registry") }',
    },
    ['OVERRIDE: [reviews] Algorithm.description is ours.'],
  ],
  [
    'one that does not parse',
    { reviews: 'type Algorithm @key(fields: "ref") {' },
    [expect.stringMatching(/^\[reviews\] Syntax Error: Expected Name, found <EOF>\. /) as string],
  ],
  [
    'a union against its member, which the composer gets wrong',
    {
      one: 'union Thing = A | B type A { x: Int @shareable } type B { y: Int @shareable } type Query { thing: A @shareable }',
      two: 'union Thing = A | B type A { x: Int @shareable } type B { y: Int @shareable } type Query { thing: Thing @shareable }',
    },
    [
      'UNION_AGAINST_MEMBER: Query.thing is the union "Thing" in [two] and its member "A" in [one]: give it the union in all of them.',
    ],
  ],
])('%s: 1, and the errors, one a line', async (_what, sdls, lines) => {
  const { stderr, ...ended } = await compose(['--check'], sdls);
  expect({ ...ended, stderr: stderr.split('\n').slice(0, -1) }).toEqual({ ...wrong(), stderr: lines });
});

test('without --check too, and nothing is printed', async () => {
  const { stderr, ...ended } = await compose([], { reviews: 'type Algorithm { ref: Int! }' });
  expect(ended).toEqual({ code: 1, stdout: '', files: [] });
  expect(stderr).toContain('FIELD_TYPE_MISMATCH: Type of field "Algorithm.ref"');
});

test('a subgraph that cannot be asked, or whose SDL is not there, is named', async () => {
  expect(await composeFile({ 'subgraphs.yaml': `subgraphs: [{ name: reviews, url: "${URL}" }]` })).toEqual(
    wrong('[reviews] does not tell its SDL: It cannot be reached, or broke off.'),
  );
  expect(
    await composeFile({ 'subgraphs.yaml': `subgraphs: [{ name: reviews, url: "${URL}", schema: ./none }]` }),
  ).toEqual(wrong('[reviews] does not tell its SDL: its schema cannot be read: ENOENT'));
});

test('a supergraph that was composed elsewhere', async () => {
  const { stdout } = await compose([], { reviews: REVIEWS });
  const files = { 'subgraphs.yaml': 'supergraph: ./composed.graphql', 'composed.graphql': stdout };
  expect(await composeFile(files)).toEqual(FINE);
  const [sound, broken] = [
    '@join__field(graph: REVIEWS)',
    '@join__field(graph: REVIEWS, override: "stars", overrideLabel: "percent(x)")',
  ];
  expect(stdout).toContain(sound);
  // the planner does not refuse it: it aborts
  const deadly = await composeFile({ ...files, 'composed.graphql': stdout.replace(sound, broken) });
  expect({ ...deadly, stderr: '' }).toEqual(wrong());
  expect(deadly.stderr).toMatch(/^It ends the planner\. It ended with SIGABRT\. .*\n$/);
});

test.each([
  ['that is not there', undefined, 'cannot be read: ENOENT'],
  ['that is something else', 'subgraphs: 5', 'subgraphs: Invalid input: expected array, received number'],
  ['with both', 'subgraphs: []\nsupergraph: ./a', 'it has one of subgraphs and supergraph, and not both'],
])('a file %s is wrong configuration: 2', async (_what, text, line) => {
  const given = text === undefined ? {} : { 'subgraphs.yaml': text };
  expect(await composeFile(given)).toEqual(unusable(line));
});

test('what is no option of it is the usage, and 2', async () => {
  const { stderr, ...ended } = await algogate(['compose', '--json'], {});
  expect(ended).toEqual({ code: 2, stdout: '', files: [] });
  expect(stderr).toMatch(/^usage: algogate COMMAND\n/);
});
