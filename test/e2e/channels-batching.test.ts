import { algorithmWith, move } from '../builders/channels';
import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';

/** Chapter 5: a list costs queries that do not grow with it; here, of channels, their histories, and gates. */

const CHANNELS = `query ($first: Int!) { algorithms(owner: "acme", first: $first) { nodes { channels {
  name computed supportedUntil version { version }
  history(first: 2) { nodes { kind reason from { version } to { version } by { handle } } }
} } } }`;

const GATES = `query ($first: Int!) { algorithms(owner: "acme", first: $first) { nodes { gates { channel gates }
  latest { version gateReports(first: 2) { nodes { gates { name value } by { handle } } } }
} } }`;

const MANY = 30;

describeOnEachServer('batching of channels', (world) => {
  let ann: Client;

  beforeAll(async () => {
    ann = await world().user('ann');
    await world().organization('acme', { admin: 'ann' });
    for (let at = 0; at < MANY; at += 1) {
      const ref = await algorithmWith(world(), `b${at}`, ['1.0.0', '1.1.0']);
      await move(ann, ref, 'lts', [null, '1.1.0']);
      await move(ann, ref, `c${at}`, [null, '1.0.0']);
      await move(ann, ref, `c${at}`, ['1.0.0', '1.1.0']);
      await ann.mutate('updateAlgorithm', {
        algorithm: ref,
        policies: { gates: [{ channel: 'canary', gates: ['recall >= 0.5'] }] },
      });
      for (const value of [1, 2, 3]) {
        await ann.mutate('submitGateReport', { version: `${ref}/1.1.0`, gates: [{ name: 'recall', value }] });
      }
    }
    await settle(world().server.app.database);
  });

  test.each([
    // algorithms and their owners, pointers, histories, the versions of both, their algorithms and owners, who moved them
    ['channels, for an admin', () => ann, CHANNELS, 9],
    ['channels, for nobody', () => world().anonymous, CHANNELS, 8],
    ['gates, for an admin', () => ann, GATES, 8],
  ] as const)('%s', async (_what, client, query, statements) => {
    const { database } = world().server.app;
    const ask = (first: number) => async (): Promise<void> => {
      const answer = await client().graphql(query, { first });
      expect(answer.errors).toEqual([]);
      expect(answer.at('algorithms.nodes')).toHaveLength(first);
    };
    await ask(MANY)(); // what is asked for is in memory now
    const few = await statementsOf(database, ask(10));
    const all = await statementsOf(database, ask(MANY));
    expect({ few: few.length, all: all.length }).toEqual({ few: statements, all: statements });
  });

  test('each of them gets what is its own', async () => {
    const answer = await ann.graphql(CHANNELS, { first: MANY });
    const nodes = answer.at('algorithms.nodes') as readonly { channels: readonly { name: string }[] }[];
    const names = nodes.map(({ channels }) => channels.map(({ name }) => name).join());
    const expected = Array.from({ length: MANY }, (_, at) => `c${at},edge,lts,stable`).sort();
    expect([...names].sort()).toEqual(expected);
    expect(nodes[3]).toEqual({
      channels: [
        {
          name: expect.stringMatching(/^c\d+$/),
          computed: false,
          supportedUntil: null,
          version: { version: '1.1.0' },
          history: {
            nodes: [step('1.0.0', '1.1.0'), step(null, '1.0.0')],
          },
        },
        computed('edge'),
        {
          name: 'lts',
          computed: false,
          supportedUntil: expect.any(String),
          version: { version: '1.1.0' },
          history: { nodes: [step(null, '1.1.0')] },
        },
        computed('stable'),
      ],
    });
  });
});

function computed(name: string): unknown {
  return {
    name,
    computed: true,
    supportedUntil: null,
    version: { version: '1.1.0' },
    history: { nodes: [] },
  };
}

function step(from: string | null, to: string): unknown {
  return {
    kind: 'MOVE',
    reason: null,
    from: from === null ? null : { version: from },
    to: { version: to },
    by: { handle: 'ann' },
  };
}
