import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';

/** Chapter 5: a list of N things with fields of every subgraph costs queries that do not grow with N. */

const VERSIONS = `query ($first: Int!) { algorithm(ref: "acme/many") { versions(first: $first) { nodes {
  version build { sha } algorithm { ref owner { handle } viewerCanPublish } publishedBy { handle } viewerCanCall
  major { number latest { version } permissions { callers grants { level grantee { handle } } } }
} } } }`;

const JUDGEMENTS = `query ($first: Int!) { algorithm(ref: "acme/many") { policies { interface } versions(first: $first) { nodes {
  version build { sha log environment artifactUri } interfaceReport { severity changes { path } } approval { approved }
} } } }`;

const ALGORITHMS = `query ($first: Int!) { algorithms(owner: "acme", first: $first) { nodes {
  ref owner { handle viewerRole } latest { version build { sha } viewerCanCall } viewerCanPublish viewerCanAdminister
  channels { name version { version } } majors { number permissions { callers } }
} } }`;

const MEMBERS = `query ($first: Int!) { owner(handle: "acme") { members(first: $first) { nodes {
  role user { handle kind displayName viewerRole }
} } } }`;

describeOnEachServer('batching', (world) => {
  let ann: Client;
  let otto: Client;

  beforeAll(async () => {
    [ann, otto] = [await world().user('ann'), await world().user('otto')];
    const users = Array.from({ length: 29 }, (_, at) => `user${at}`);
    for (const handle of users) await world().operator.mutate('createUser', { handle });
    const members = Object.fromEntries(users.map((user) => [user, 'MEMBER']));
    await world().organization('acme', { admin: 'ann', members });
    await world().algorithm('acme/many');
    for (let at = 0; at < 100; at += 1) {
      const version = `${at % 5}.${Math.floor(at / 5)}.0`;
      await world().publish('acme/many', version, {
        by: ann,
        ...(at % 7 === 5 && { visibility: 'PRIVATE' }),
        interface: 'type Query { detect: Int }',
      });
    }
    for (let major = 0; major < 5; major += 1) await world().grant(`acme/many/${major}`, 'otto');
    for (let at = 0; at < 29; at += 1) {
      await world().algorithm(`acme/a${at}`);
      await world().publish(`acme/a${at}`, '1.0.0', { by: ann });
    }
    await settle(world().server.app.database);
  });

  test.each([
    // what is loaded by its id, once for each kind and subgraph: algorithm, owner, versions, builds, publishers, …
    ['100 versions, for an admin', () => ann, VERSIONS, 100, 'algorithm.versions', 8],
    ['100 versions, for a grantee', () => otto, VERSIONS, 100, 'algorithm.versions', 6],
    ['how 100 versions were judged, for an admin', () => ann, JUDGEMENTS, 100, 'algorithm.versions', 7],
    ['how 100 versions were judged, for a grantee', () => otto, JUDGEMENTS, 100, 'algorithm.versions', 5],
    ['30 algorithms, for an admin', () => ann, ALGORITHMS, 30, 'algorithms', 8],
    ['30 algorithms, for nobody', () => world().anonymous, ALGORITHMS, 30, 'algorithms', 8],
    ['30 members, for one of them', () => ann, MEMBERS, 30, 'owner.members', 5],
  ] as const)('%s', async (_what, client, query, many, path, statements) => {
    const { database } = world().server.app;
    const ask = (first: number) => async (): Promise<void> => {
      const answer = await client().graphql(query, { first });
      expect(answer.errors).toEqual([]);
      expect(answer.at(`${path}.nodes`)).toHaveLength(first);
    };
    await ask(many)(); // what is asked for is in memory now
    const few = await statementsOf(database, ask(10));
    const all = await statementsOf(database, ask(many));
    expect({ few: few.length, all: all.length }).toEqual({ few: statements, all: statements });
  });
});
