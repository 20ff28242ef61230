import { randomUUID } from 'node:crypto';

import { graphql } from 'graphql';

import type { Database } from '../../../src/database';
import { ANONYMOUS, OPERATOR, type Principal } from '../../../src/domain/principal';
import { buildUsageSubgraph } from '../../../src/subgraphs/usage';
import { describeOnEachDatabase } from '../../builders/databases';
import { World } from '../../builders/services';
import { usageServiceOf } from './support';

describeOnEachDatabase('usage of what is hidden', (open) => {
  let world: World;
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  async function openWorld(database: Database): Promise<void> {
    world = await World.open(database);
    stop = () => world.stop();
    await world.user('ann');
    await world.organization('acme', 'ann');
    await world.algorithm('acme', 'secret', {
      versions: ['1.0.0', { version: '2.0.0', state: 'PENDING_APPROVAL' }],
    });
    await world.algorithm('acme', 'half', {
      versions: [{ version: '1.0.0', visibility: 'PUBLIC' }, '1.1.0', '2.0.0'],
      grants: [{ major: 2, grantee: 'ann', level: 'CALL' }],
    });
  }

  test('is what there is of the missing, in every field, and the viewer is who asks, whatever id is sent', async () => {
    await openWorld(await open());
    const { schema } = buildUsageSubgraph(usageServiceOf(world));
    const args = `from: "2024-01-01T00:00:00Z", to: "2024-01-02T00:00:00Z", granularity: DAY`;
    const usage = `usage(${args}) { totals { calls } }`;
    const callers = (range = '') => `activeCallers(days: 1${range}) { nodes { calls } }`;
    const source = `query ($asked: [_Any!]!) { _entities(representations: $asked) {
      ... on Algorithm { ${usage} ${callers(', range: "1"')} callRecords { nodes { sha } } }
      ... on Major { ${usage} }
      ... on Version { ${usage} ${callers()} callRecords { nodes { sha } } }
      ... on Viewer { id ${usage} callRecords { nodes { sha } } }
    } }`;
    const ask = async (principal: Principal, asked: readonly object[]) => {
      const contextValue = { principal, requestId: randomUUID() };
      const result = await graphql({ schema, source, variableValues: { asked }, contextValue });
      return JSON.parse(JSON.stringify(result)) as { data: { _entities: unknown[] } };
    };
    const hidden = [
      { __typename: 'Algorithm', ref: 'acme/secret' },
      ...['acme/secret/1', 'acme/half/2'].map((ref) => ({ __typename: 'Major', ref })),
      ...['acme/secret/1.0.0', 'acme/secret/2.0.0', 'acme/half/1.1.0', 'acme/half/2.0.0'].map((ref) => ({
        __typename: 'Version',
        ref,
      })),
    ];
    const missing = hidden.map(({ __typename, ref }) => ({
      __typename,
      ref: ref.replace(/secret|half/, 'nothing'),
    }));
    const malformed = hidden.map(({ __typename }) => ({ __typename, ref: '/' }));
    const [otto, ann] = [await world.user('otto'), await world.as('ann')];
    for (const principal of [otto, ANONYMOUS]) {
      const answer = await ask(principal, hidden);
      expect(await ask(principal, missing)).toEqual(answer);
      expect(await ask(principal, malformed)).toEqual(answer);
      expect(
        answer.data._entities.every((entity) => Object.values(entity ?? {}).every((value) => value === null)),
      ).toBe(true);
    }
    const told = await ask(ann, hidden);
    expect(JSON.stringify(told)).not.toContain('null');
    const ids = await Promise.all(
      [ann, otto, OPERATOR, ANONYMOUS].map(async (principal) => {
        const { data } = await ask(principal, [{ __typename: 'Viewer', id: 'operator' }]);
        return (data._entities[0] as { id?: string } | null)?.id ?? null;
      }),
    );
    expect(new Set(ids).size).toBe(4);
    expect(ids.slice(2)).toEqual(['operator', null]);
  });
});
