import { DAY_MS } from '../../src/domain/usage/granularity';
import { putCalls } from '../builders/calls';
import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';

/** Chapters 3 and 6: a record outlives what was called, and what its viewer might see of that. */

const BEGIN = Date.now() - DAY_MS;

describeOnEachServer('versions in records of calls', (world) => {
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    for (const name of ['ann', 'otto', 'gus']) clients[name] = await world().user(name);
    await world().organization('acme', { admin: 'ann' });
    await world().algorithm('acme/detect');
    await world().publish('acme/detect', '1.0.0');
    await world().publish('acme/detect', '1.1.0');
    await world().publish('acme/detect', '2.0.0', { permissions: { visibility: 'PRIVATE' } });
    await world().grant('acme/detect/2', 'gus');
    const calls = ['1.0.0', '1.1.0', '2.0.0'].flatMap((version, at) =>
      ['otto', 'gus'].map((caller) => ({
        ...{ algorithm: 'acme/detect', version, caller, startedAt: BEGIN + at },
        requestId: `${caller}-${version}`,
      })),
    );
    await putCalls(
      world(),
      calls.filter(({ requestId }) => requestId !== 'otto-2.0.0'),
    );
  });

  /** What is told of the versions that one called, in both answers that there are. */
  async function versions(who: string, place: string): Promise<unknown> {
    const record = 'nodes { requestId version { ref visibility } }';
    const answer = await clients[who]!.graphql(`{ at: ${place} { callRecords { ${record} } } }`);
    expect({ errors: answer.errors, status: answer.status }).toEqual({ errors: [], status: 200 });
    const nodes = answer.at('at.callRecords.nodes') as { requestId: string; version: unknown }[];
    return Object.fromEntries(nodes.map(({ requestId, version }) => [requestId, version]));
  }

  async function exported(who: string): Promise<unknown> {
    const range = `from=${new Date(BEGIN).toISOString()}&to=${new Date(BEGIN + DAY_MS).toISOString()}`;
    const { text } = await clients[who]!.http(`/v1/calls?${who === 'ann' ? 'owner=acme&' : ''}${range}`);
    const lines = text.split('\n').filter((line) => line !== '');
    const calls = lines.map((line) => JSON.parse(line) as { requestId: string; version: unknown });
    return Object.fromEntries(calls.map(({ requestId, version }) => [requestId, version]));
  }

  const PUBLIC = { ref: 'acme/detect/1.1.0', visibility: 'PUBLIC' };
  const TAKEN = { ref: 'acme/detect/1.0.0', visibility: 'PUBLIC' };
  const PRIVATE = { ref: 'acme/detect/2.0.0', visibility: 'PRIVATE' };

  test('are null for nobody while they are there', async () => {
    const ofGus = { 'gus-1.0.0': TAKEN, 'gus-1.1.0': PUBLIC, 'gus-2.0.0': PRIVATE };
    await expectSoon(() => versions('gus', 'viewer'), ofGus);
    expect(await versions('ann', 'algorithm(ref: "acme/detect")')).toEqual({
      ...ofGus,
      ...{ 'otto-1.0.0': TAKEN, 'otto-1.1.0': PUBLIC },
    });
  });

  test('are null once they were taken down, and for who lost the right to see them, and no error', async () => {
    await world().operator.mutate('takeDownVersion', { version: 'acme/detect/1.0.0', reason: 'a test' });
    await clients['ann']!.mutate('revokeMajorAccess', { major: 'acme/detect/2', grantee: 'gus' });
    const ofOtto = { 'otto-1.0.0': null, 'otto-1.1.0': PUBLIC };
    const ofGus = { 'gus-1.0.0': null, 'gus-1.1.0': PUBLIC, 'gus-2.0.0': null };
    for (const place of ['viewer', 'owner(handle: "acme")', 'algorithm(ref: "acme/detect")']) {
      await expectSoon(() => versions('otto', place), ofOtto);
      await expectSoon(() => versions('gus', place), ofGus);
    }
    const ofAnn = { ...ofOtto, ...ofGus, 'gus-2.0.0': PRIVATE };
    expect(await versions('ann', 'owner(handle: "acme")')).toEqual(ofAnn);
    expect(await exported('otto')).toEqual({ 'otto-1.0.0': null, 'otto-1.1.0': PUBLIC.ref });
    expect(await exported('gus')).toEqual({
      ...{ 'gus-1.0.0': null, 'gus-1.1.0': PUBLIC.ref, 'gus-2.0.0': null },
    });
    expect(await exported('ann')).toEqual({
      ...{ 'otto-1.0.0': null, 'otto-1.1.0': PUBLIC.ref },
      ...{ 'gus-1.0.0': null, 'gus-1.1.0': PUBLIC.ref, 'gus-2.0.0': PRIVATE.ref },
    });
  });
});
