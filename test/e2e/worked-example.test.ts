import type { Answer, Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import type { Published, World } from '../builders/world';

/** Chapter 1: 1.0.1 is public and 1.0.2 is private; whoever asks for `1.0` gets 1.0.1. */

const PUBLIC_SELECTORS = [
  '1.0',
  '1',
  'latest',
  '',
  '^1.0.0',
  '[1.0,2)',
  '1.x',
  '1.0.*',
  '1.0.^',
  '*',
  'stable',
  'edge',
];

const RESOLVE = `query ($reference: String!) {
  resolve(reference: $reference) { reference canonical selector rule position version { ref } build { sha }
    trace { version reason } }
}`;

/** Where something is asked for: the name, and how its answer comes. */
const DOORS: readonly (readonly [string, (client: Client, reference: string) => Promise<Answer>])[] = [
  ['a call', (client, reference) => client.call(reference, { x: 1 })],
  ['GET /v1/resolve', (client, reference) => client.resolve(reference)],
  ['the graph', (client, reference) => client.graphql(RESOLVE, { reference })],
];

describeOnEachServer('the worked example', (world) => {
  let member: Client;
  let outsider: Client;
  let one: Published;
  let two: Published;

  beforeAll(async () => {
    member = await world().user('mia');
    outsider = await world().user('otto');
    await world().organization('acme', { admin: 'mia' });
    ({ one, two } = await example(world(), 'acme/detect'));
  });

  test.each(PUBLIC_SELECTORS)('"%s" is 1.0.1 for a member and for an outsider', async (selector) => {
    const reference = `acme/detect${selector === '' ? '' : `/${selector}`}`;
    for (const client of [member, outsider]) {
      const called = await client.call(encodeURI(reference), { x: 1 });
      expect(called.json).toEqual({
        result: { served: '/acme/detect/1.0.1', input: '{"x":1}' },
        metadata: {
          content_type: 'json',
          duration: expect.any(Number),
          version: '1.0.1',
          sha: one.sha,
          request_id: called.headers['x-request-id'],
        },
      });
      expect(called.headers['content-location']).toBe('/v1/algo/acme/detect/1.0.1');
      const resolved = await client.resolve(reference);
      expect(resolved.json).toMatchObject({ canonical: 'acme/detect/1.0.1', version: '1.0.1', sha: one.sha });
      const { data } = await client.graphql(RESOLVE, { reference });
      expect(data).toMatchObject({
        resolve: {
          canonical: 'acme/detect/1.0.1',
          version: { ref: one.ref },
          build: { sha: one.sha },
          trace: [],
        },
      });
    }
  });

  test.each(DOORS)('the answers of %s are the same for both', async (_door, ask) => {
    for (const selector of PUBLIC_SELECTORS) {
      const reference = encodeURI(`acme/detect/${selector}`).replace(/\/$/, '');
      const [a, b] = [await ask(member, reference), await ask(outsider, reference)];
      expect(withoutTimes(a)).toEqual(withoutTimes(b));
    }
  });

  test.each(['1.0.2', 'latestPrivate', 'SHA'])('a member gets 1.0.2 by %s', async (selector) => {
    const reference = `acme/detect/${selector === 'SHA' ? two.sha : selector}`;
    expect((await member.call(reference)).json).toMatchObject({
      result: { served: '/acme/detect/1.0.2' },
      metadata: { version: '1.0.2', sha: two.sha },
    });
    expect((await member.resolve(reference)).json).toMatchObject({ canonical: two.ref, sha: two.sha });
    const { data } = await member.graphql(RESOLVE, { reference });
    expect(data).toMatchObject({ resolve: { canonical: two.ref, version: { ref: two.ref } } });
  });

  test('a private publication moves nothing that others see: no body, no position, no ETag', async () => {
    const { one } = await example(world(), 'acme/still');
    const references = [
      ...PUBLIC_SELECTORS.map((selector) => `acme/still/${selector}`),
      one.ref,
      `acme/still/${one.sha}`,
    ];
    const ask = async () => {
      const answers = [];
      for (const reference of references.map((each) => encodeURI(each).replace(/\/$/, ''))) {
        for (const [, door] of DOORS.slice(1))
          answers.push(bytesOf(await door(outsider, reference), reference));
      }
      return answers;
    };
    const before = await ask();
    await world().publish('acme/still', '1.0.3', { visibility: 'PRIVATE' });
    await world().publish('acme/still', '1.1.0-rc.1', { visibility: 'PRIVATE' });
    expect(await ask()).toEqual(before);
  });

  test('a hidden thing costs as many queries as a missing one, cold and warm', async () => {
    const ofDoors = await Promise.all(DOORS.map(([door]) => coldReferences(world(), door)));
    const replica = await world().replica();
    await settle(replica.app.database);
    const there = outsider.at(replica);
    // the outsider's key and limits are in memory now, wherever a door leads to, and nothing is recorded
    for (const [, ask] of DOORS) await ask(there, 'nobody/nothing');
    for (const [door, [, ask]] of DOORS.entries()) {
      const references = ofDoors[door]!;
      const costs: string[][] = [];
      for (const reference of [...references, ...references]) {
        costs.push(await statementsOf(replica.app.database, () => ask(there, reference)));
      }
      const cold = costs.slice(0, references.length);
      expect(cold[0]).toEqual(expect.arrayContaining([expect.stringContaining('versions')]));
      expect(cold).toEqual(references.map(() => cold[0]));
      expect(costs.slice(references.length)).toEqual(references.map(() => []));
    }
  });

  describe.each(DOORS)('to an outsider, through %s', (_door, ask) => {
    test.each([
      ['1.0.2', 'acme/detect/1.0.2', 'acme/detect/1.0.9'],
      ['1.0.2, as of an algorithm', 'acme/detect/1.0.2', 'acme/defect/1.0.2'],
      ['1.0.2, as of an owner', 'acme/detect/1.0.2', 'acne/detect/1.0.2'],
      ['latestPrivate', 'acme/detect/latestPrivate', 'acme/defect/latestPrivate'],
      ['latestPrivate, as of an owner', 'acme/detect/latestPrivate', 'acne/detect/latestPrivate'],
      ['the SHA', 'acme/detect/SHA', `acme/detect/${'0'.repeat(40)}`],
      ['the SHA, as of an algorithm', 'acme/detect/SHA', 'acme/defect/SHA'],
    ])('%s is to the byte what is missing', async (_what, hidden, missing) => {
      const [a, b] = [hidden, missing].map((reference) => reference.replace('SHA', two.sha));
      const [shown, absent] = [await ask(outsider, a!), await ask(outsider, b!)];
      expect(shown.text).toContain('NOT_FOUND');
      expect(shown.text).toContain(`algorithm algo://${a!} not found`);
      expect(bytesOf(shown, a!)).toEqual(bytesOf(absent, b!));
    });
  });
});

async function example(world: World, algorithm: string): Promise<{ one: Published; two: Published }> {
  await world.algorithm(algorithm);
  const one = await world.publish(algorithm, '1.0.1');
  const two = await world.publish(algorithm, '1.0.2', { visibility: 'PRIVATE' });
  return { one, two };
}

/** A private version, a missing one, a private algorithm, a missing one, a missing owner: each in an owner of its own. */
async function coldReferences(world: World, door: string): Promise<string[]> {
  const suffix = door.replace(/\W/g, '');
  const owners = ['a', 'b', 'c', 'd', 'e'].map((letter) => `cold-${letter}-${suffix}`);
  const [a, b, c, d] = owners as [string, string, string, string, string];
  for (const owner of [a, b, c, d]) await world.organization(owner, { admin: 'mia' });
  await example(world, `${a}/detect`);
  await world.algorithm(`${b}/detect`);
  await world.publish(`${b}/detect`, '1.0.1');
  await world.algorithm(`${c}/detect`);
  await world.publish(`${c}/detect`, '1.0.2', { permissions: { visibility: 'PRIVATE' } });
  return owners.map((owner) => `${owner}/detect/1.0.2`);
}

/** The answer without the names in it that were written, and without what differs between any two answers. */
function bytesOf({ status, headers, text }: Answer, reference: string) {
  const { date: _date, 'x-request-id': _id, ratelimit: _left, ...rest } = headers;
  return { status, headers: rest, text: text.replaceAll(reference, 'REFERENCE') };
}

function withoutTimes({ status, headers, text }: Answer) {
  const { date: _date, 'x-request-id': id = '', 'content-length': _length, ...others } = headers;
  // how much of its own budget a caller has left
  const { ratelimit: _left, ...rest } = others;
  const body = text.replace(String(id), 'ID').replace(/"duration":[\d.e-]+/, '"duration":0');
  return { status, headers: rest, body };
}
