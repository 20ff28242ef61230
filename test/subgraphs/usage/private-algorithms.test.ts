import { insertAlgorithms } from '../../../bench/tools/rows';
import { AlgorithmRow, CallRow, UsagePairRow } from '../../../entities';
import type { Principal } from '../../../src/domain/principal';
import { DAY_MS, GROUPINGS, HOUR_MS } from '../../../src/domain/usage/granularity';
import type { GraphContext } from '../../../src/subgraphs/shared/context';
import type { CallTarget, UsageService } from '../../../src/subgraphs/usage';
import { describeOnEachDatabase } from '../../builders/databases';
import { World } from '../../builders/services';
import { countsOfCalls, usageServiceOf } from './support';

/**
 * Chapter 2: an outsider learns nothing of what is private, from what its questions cost neither. Of an owner it is
 * told what it called there itself.
 */

const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const COUNTED = { selector: 'FULL', outcome: 'OK', bytesIn: 1, bytesOut: 1 } as const;
const PRIVATE = 300;
const OWNER: CallTarget = { kind: 'owner', handle: 'acme', side: 'PROVIDER' };
const DAYS = { from: new Date(DAY), to: new Date(DAY + DAY_MS), granularity: 'DAY' } as const;
/** Records one by one at its end. */
const CUT = { from: new Date(DAY), to: new Date(DAY + HOUR_MS + 1), granularity: 'HOUR' } as const;

describeOnEachDatabase('the private algorithms of an owner', (open) => {
  let world: World;
  let service: UsageService;
  let otto: Principal;
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  /** otto called two algorithms of acme, and one of his own. */
  async function openWorld(): Promise<void> {
    world = await World.open(await open());
    stop = () => world.stop();
    await world.user('ann');
    otto = await world.user('otto');
    await world.organization('acme', 'ann');
    await world.algorithm('acme', 'one', { versions: ['1.0.0'] });
    await world.algorithm('acme', 'two', { versions: ['1.0.0'] });
    await world.algorithm('otto', 'own', { versions: ['1.0.0'] });
    service = usageServiceOf(world);
    const { id: callerId } = await world.owner('otto');
    const algorithms = await world.database.reads.find(AlgorithmRow, { order: { id: 'ASC' } });
    await world.database.write(async (tx) => {
      for (const { id: algorithmId, name } of algorithms) {
        const whose = { algorithmId, callerId };
        const pair = {
          ...whose,
          unit: `build:${algorithmId}`,
          bucket: DAY,
        };
        await tx.insert(UsagePairRow, [
          { ...pair, ...countsOfCalls(3), granularity: 'DAY' },
          { ...pair, ...countsOfCalls(2), granularity: 'HOUR' },
        ]);
        await tx.insert(CallRow, callOf(algorithmId, callerId, name));
      }
    });
  }

  /** All that otto can ask of acme: what he is told, and the statements that it costs. */
  async function asked(): Promise<{ answers: unknown[]; statements: string[] }> {
    const context = (): GraphContext => ({ principal: otto, requestId: 'one' });
    const statements: string[] = [];
    world.database.queries.listener = (sql) => {
      // the replica follows the ledger meanwhile
      if (!/ledger_|TIMESTAMPDIFF/.test(sql)) statements.push(sql);
    };
    const answers: unknown[] = [];
    for (const range of [DAYS, CUT]) {
      for (const groupBy of [null, ...GROUPINGS]) {
        const usage = await service.usage.ofOwner(context(), 'acme', 'PROVIDER', { ...range, groupBy });
        answers.push([groupBy, usage?.totals.calls, usage?.series.map(({ key }) => key)]);
      }
    }
    const page = await service.calls.page(context(), OWNER, { first: 10 }, ({ requestId }) => requestId);
    answers.push(page?.nodes);
    const time = { from: DAY, to: DAY + DAY_MS };
    for await (const calls of service.calls.export(() => otto, OWNER, time)) {
      answers.push(calls.map(({ requestId }) => requestId));
    }
    world.database.queries.listener = null;
    return { answers, statements };
  }

  test('show in nothing that an outsider is told of its own calls there, nor in what that costs', async () => {
    await openWorld();
    const none = await asked();
    const told = (calls: number) => [
      [null, calls, [null]],
      ['VERSION', calls, expect.anything()],
      ['MAJOR', calls, [null]],
      ['CALLER', calls, ['otto']],
      ['SELECTOR', calls, ['FULL']],
      ['OUTCOME', calls, ['OK']],
      ['ALGORITHM', calls, expect.anything()],
    ];
    expect(none.answers).toEqual([
      ...told(6),
      ...told(6),
      ['call-two', 'call-one'],
      ['call-one', 'call-two'],
    ]);
    const { id: ownerId } = await world.owner('acme');
    await insertAlgorithms(
      world.database,
      Array.from({ length: PRIVATE }, (_, at) => ({
        ...{ id: 1000 + at, ownerId, name: `hidden${at}` },
        versions: [],
      })),
    );
    expect(await asked()).toEqual(none);
  });
});

function callOf(algorithmId: number, callerId: number, name: string): CallRow {
  return {
    ...{ algorithmId, callerId, requestId: `call-${name}` },
    startedAt: DAY + HOUR_MS,
    ...{ durationMs: 1, backendMs: null, keyId: null, calledForId: null, reference: `acme/${name}` },
    ...{ versionId: null, buildId: algorithmId, sha: 'ab'.repeat(20), position: 'acme@1', artifacts: null },
    ...COUNTED,
  };
}
