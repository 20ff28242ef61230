import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { HISTORY_VERSIONS, OPENING, RandomHistory, randomStep } from '../builders/random-history';
import { opened } from '../builders/receipts';

/**
 * Chapter 7, "Receipts": given one, `resolve(asOf)` agrees with it. After each step of a random history, in which
 * artifacts move too, everyone asks for receipts; at the end each is held against what is answered as of its position,
 * at another replica. `ALGOGATE_TEST_SEED` gives another history, `ALGOGATE_TEST_STEPS` a longer one.
 */
const SEED = Number(process.env['ALGOGATE_TEST_SEED'] ?? 20_261_129);
const STEPS = Number(process.env['ALGOGATE_TEST_STEPS'] ?? 12);

const SELECTORS = ['', '1', '2', '1.0', '^1.0.0', '*', 'stable', 'edge', 'lts', 'beta', 'latestPrivate'];
const REVISIONS = ['1', '2', '3'];
const ARTIFACTS = ['weights', 'labels'];

type Statement = Readonly<Record<string, unknown>>;

interface Given {
  readonly who: string;
  readonly reference: string;
  readonly statement: Statement;
}

describeOnEachServer(`receipts over a history (seed ${SEED})`, (world) => {
  let everyone: Readonly<Record<string, Client>>;
  const given: Given[] = [];
  /** What the artifacts of a major point to. */
  const pointers = new Map<string, string>();

  beforeAll(async () => {
    const users: Record<string, Client> = {};
    for (const name of ['ann', 'mia', 'gus']) users[name] = await world().user(name);
    await world().organization('Acme', { admin: 'ann', members: { mia: 'MEMBER' } });
    everyone = { anonymous: world().anonymous, grantee: users['gus']!, member: users['mia']! };
    const history = await RandomHistory.begin(world(), 'Acme/Detect', {
      admin: users['ann']!,
      grantee: 'gus',
    });
    for (const name of ARTIFACTS) {
      for (const revision of REVISIONS) {
        const sha256 = createHash('sha256').update(`${name}@${revision}`).digest('hex');
        const uri = `https://models.test/${name}/${revision}`;
        const input = { algorithm: 'Acme/Detect', name, revision, uri, sha256 };
        await world().operator.mutate('addArtifactRevision', input);
      }
    }
    const steps = [...OPENING, ...fc.sample(randomStep, { seed: SEED, numRuns: STEPS })];
    for (const [at, step] of steps.entries()) {
      await history.does(step);
      // major 2 begins private: what is moved there first is in the private chain
      await moveArtifact(`Acme/Detect/${1 + (at % 2)}`, ARTIFACTS[(at >> 1) % 2]!, REVISIONS[at % 3]!);
      await askEverything([...SELECTORS, ...HISTORY_VERSIONS, history.spare], at);
    }
  }, 120_000);

  async function moveArtifact(major: string, name: string, to: string): Promise<void> {
    const expected = pointers.get(`${major}/${name}`) ?? null;
    const done = await world().operator.attempt('moveArtifact', { major, name, to, expected });
    expect(done).toBe('OK');
    pointers.set(`${major}/${name}`, to);
  }

  async function askEverything(selectors: readonly string[], step: number): Promise<void> {
    const asked = selectors.filter((_, at) => at % 3 === step % 3);
    for (const selector of asked) {
      const reference = `acme/Detect${selector === '' ? '' : '/'}${selector}`;
      for (const [who, client] of Object.entries(everyone)) {
        const { json } = await client.http(`/v1/resolve/${encodeURI(reference)}?receipt=true`);
        const receipt = valueAt(json, 'receipt');
        if (receipt === undefined) continue;
        const { receipt: _receipt, ...said } = json as Statement;
        const statement = await read(receipt);
        expect(statement).toMatchObject({ ...pick(said), heads: { public: expect.any(String) as string } });
        given.push({ who, reference, statement });
      }
    }
  }

  const pick = ({ reference, canonical, version, sha, selector, position }: Statement): Statement => ({
    ...{ reference, canonical, version, sha, selector, position },
  });

  async function read(receipt: unknown): Promise<Statement> {
    const { time: _time, ...statement } = (await opened(receipt, world().anonymous)).statement;
    return statement;
  }

  const again = async (one: Given, at: { readonly url: string }): Promise<Statement | null> => {
    const asOf = encodeURIComponent(String(one.statement['position']));
    const path = `/v1/resolve/${encodeURI(one.reference)}?receipt=true&asOf=${asOf}`;
    return (await everyone[one.who]!.at(at).http(path)).json as Statement | null;
  };

  test('there are some of everything', () => {
    const kinds = new Set(given.map(({ who, statement }) => `${who} ${String(statement['selector'])}`));
    for (const kind of ['LATEST', 'PARTIAL', 'RANGE', 'CHANNEL', 'FULL']) {
      expect(kinds).toContain(`anonymous ${kind}`);
    }
    for (const kind of ['LATEST_PRIVATE', 'SHA']) expect(kinds).toContain(`member ${kind}`);
    const moments = new Set(given.map(({ statement }) => JSON.stringify(statement['artifacts'])));
    expect(moments.size).toBeGreaterThan(5);
  });

  test('everyone is told the same at one position', () => {
    const told = new Map<string, Statement>();
    for (const { reference, statement } of given) {
      const key = `${reference} ${String(statement['position'])}`;
      expect(statement).toEqual(told.get(key) ?? statement);
      told.set(key, statement);
    }
  });

  test('none tells an outsider of the private chain', () => {
    const outside = given.filter(({ who }) => who === 'anonymous');
    for (const { statement } of outside) {
      expect(statement['position']).toMatch(/^Acme@\d+$/);
      expect(Object.keys(statement['heads'] as object)).toEqual(['public']);
    }
  });

  test('as of its position each is answered as it says, with the same receipt', async () => {
    const replica = await world().replica();
    let gone = 0;
    for (const one of given) {
      const { receipt, ...said } = (await again(one, replica)) as Statement;
      expect({ ...one, said: pick(said) }).toEqual({ ...one, said: pick(one.statement) });
      const statement = await read(receipt);
      // digests of what was taken down since are told of no more
      if (!('artifacts' in statement)) gone += 1;
      const { artifact, artifacts, ...rest } = one.statement;
      expect(statement).toEqual('artifacts' in statement ? { ...rest, artifact, artifacts } : rest);
    }
    expect(given.length - gone).toBeGreaterThan(gone);
  }, 120_000);
});
