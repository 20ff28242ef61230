import { AlgorithmRow, CallRow } from '../../../entities';
import { OPERATOR } from '../../../src/domain/principal';
import { DAY_MS } from '../../../src/domain/usage/granularity';
import type { GraphContext } from '../../../src/subgraphs/shared/context';
import type { CallTarget, UsageService } from '../../../src/subgraphs/usage';
import { USAGE_BOUNDS } from '../../../src/subgraphs/usage/bounds';
import { describeOnEachDatabase } from '../../builders/databases';
import { refusal, World } from '../../builders/services';
import { usageServiceOf } from './support';

/** Chapter 6: of a long history, no page of records looks at more than a bounded part, nor do those of a request. */

const AT = Date.now() - DAY_MS;
const CALLS = 41;
const TARGET: CallTarget = { kind: 'algorithm', ref: 'acme/detect' };

describeOnEachDatabase('pages of calls of which few match', (open) => {
  let service: UsageService;
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  /** Calls of which the first and the last but one timed out; a page looks at twenty, a request at a hundred. */
  async function openService(): Promise<void> {
    const world = await World.open(await open());
    stop = () => world.stop();
    await world.user('ann');
    await world.organization('acme', 'ann');
    await world.algorithm('acme', 'detect', { versions: ['1.0.0'] });
    const { id } = await world.database.reads.findOneByOrFail(AlgorithmRow, { nameKey: 'detect' });
    const rows = Array.from({ length: CALLS }, (_, n) => rowOf(id, n));
    await world.database.write((tx) => tx.insert(CallRow, rows));
    service = usageServiceOf(world, {
      bounds: { ...USAGE_BOUNDS, callsOfPage: 20, callsOfRequest: 100 },
    });
  }

  const request = (): GraphContext => ({ principal: OPERATOR, requestId: 'one' });
  const page = (context: GraphContext, outcome: 'TIMEOUT' | 'CLIENT_CLOSED' | null, after: string | null) =>
    service.calls.page(context, TARGET, { first: 10, after, outcome }, ({ requestId }) => requestId);

  test('are short, or empty, and the next goes on: none reads the whole history', async () => {
    await openService();
    const pages = [];
    for (let after: string | null = null; ;) {
      const one = await page(request(), 'TIMEOUT', after);
      pages.push(one);
      if (one?.pageInfo.hasNextPage !== true) break;
      after = one.pageInfo.endCursor;
    }
    const [late, early] = [cursorOf(39), cursorOf(0)];
    expect(pages).toEqual([
      {
        edges: [{ cursor: late, node: 'call-39' }],
        nodes: ['call-39'],
        pageInfo: {
          hasNextPage: true,
          hasPreviousPage: false,
          startCursor: late,
          endCursor: cursorOf(21),
        },
      },
      {
        edges: [],
        nodes: [],
        pageInfo: { hasNextPage: true, hasPreviousPage: true, startCursor: null, endCursor: cursorOf(1) },
      },
      {
        edges: [{ cursor: early, node: 'call-00' }],
        nodes: ['call-00'],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: early, endCursor: early },
      },
    ]);
  });

  test('of one request look at so many calls together, and the next request at as many again', async () => {
    await openService();
    const context = request();
    for (let at = 0; at < 5; at += 1) {
      expect(await page(context, 'CLIENT_CLOSED', null)).toMatchObject({ nodes: [] });
    }
    expect(await refusal(page(context, 'CLIENT_CLOSED', null))).toEqual({
      code: 'QUERY_TOO_COMPLEX',
      message: 'one request looks at 100 calls at the most: ask for fewer pages',
    });
    expect(await page(request(), 'CLIENT_CLOSED', null)).toMatchObject({ nodes: [] });
  });

  test('where all match, a page looks at one call more than it shows', async () => {
    await openService();
    const context = request();
    for (let at = 0; at < 9; at += 1) {
      expect((await page(context, null, null))?.nodes).toHaveLength(10);
    }
    expect((await refusal(page(context, null, null))).code).toBe('QUERY_TOO_COMPLEX');
  });
});

function idOf(n: number): string {
  return `call-${String(n).padStart(2, '0')}`;
}

function cursorOf(n: number): string {
  return Buffer.from(`k:${AT + n} ${idOf(n)}`).toString('base64url');
}

function rowOf(algorithmId: number, n: number): CallRow {
  return {
    algorithmId,
    startedAt: AT + n,
    requestId: idOf(n),
    durationMs: 1,
    backendMs: null,
    callerId: 0,
    keyId: null,
    calledForId: null,
    reference: 'acme/detect',
    selector: 'LATEST',
    versionId: null,
    buildId: null,
    sha: 'ab'.repeat(20),
    position: 'acme@1',
    outcome: n === 0 || n === CALLS - 2 ? 'TIMEOUT' : 'OK',
    bytesIn: 1,
    bytesOut: 1,
    artifacts: null,
  };
}
