import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { REPORT, Releases, SDL } from '../builders/releases';

/** Chapter 3, "Interface compatibility": `checkInterface` answers the same report before anything is published. */

const { detect, described, added, second, removed } = SDL;
const PRIVATE = { visibility: 'PRIVATE' } as const;
const QUERY = `query ($algorithm: String!, $sdl: String!, $against: String) {
  checkInterface(algorithm: $algorithm, interface: $sdl, against: $against) { ${REPORT} }
}`;

describeOnEachServer('checkInterface', (world) => {
  let mia: Client;
  let otto: Client;
  let gus: Client;
  let ref: string;
  let secret: string;
  const releases = new Releases(world, 'acme', () => world().operator);

  beforeAll(async () => {
    [mia, otto, gus] = [await world().user('mia'), await world().user('otto'), await world().user('gus')];
    await world().organization('acme', { admin: 'mia' });
    ref = await releases.algorithm(
      ['0.1.0', removed],
      ['1.0.0', detect],
      ['1.1.0', added],
      ['2.0.0', second, PRIVATE],
    );
    secret = await releases.algorithm(['1.0.0', detect, { permissions: PRIVATE }]);
    await world().grant(`${secret}/1`, 'gus');
  });

  const check = (by: Client, algorithm: string, sdl: string, against?: string) =>
    by.graphql(QUERY, { algorithm, sdl, against });

  async function reportOf(by: Client, algorithm: string, sdl: string, against?: string): Promise<unknown> {
    const answer = await check(by, algorithm, sdl, against);
    expect(answer.errors).toEqual([]);
    return answer.at('checkInterface');
  }

  async function refusalOf(by: Client, algorithm: string, sdl: string, against?: string): Promise<unknown> {
    const answer = await check(by, algorithm, sdl, against);
    expect(answer.data).toEqual({ checkInterface: null });
    return answer.errors[0];
  }

  test('by default with the highest public release, for members as for all others', async () => {
    const expected = {
      severity: 'BREAKING',
      requiredBump: 'MAJOR',
      changes: [
        { severity: 'BREAKING', code: 'FIELD_REMOVED', path: 'Query.train', message: expect.any(String) },
      ],
    };
    for (const by of [mia, otto, world().anonymous, world().operator]) {
      expect(await reportOf(by, ref, described)).toEqual(expected);
    }
  });

  test('it is the report that the publication then gets', async () => {
    const checked = await reportOf(world().anonymous, ref, second);
    const { report } = await releases.attempt(ref, second, { version: '1.2.0-rc.1' });
    expect(checked).toEqual(report);
    expect(checked).toMatchObject({ severity: 'SAFE', requiredBump: 'MINOR' });
  });

  test.each([
    ['1.0.0', added, 'MINOR'],
    ['acme/A1/1.0.0', added, 'MINOR'],
    ['1.0.0', described, 'REVISION'],
    ['1.1.0', removed, 'MAJOR'],
    // while the major is 0
    ['0.1.0', detect, 'MINOR'],
    ['0.1.0', added, 'REVISION'],
  ])('against %s', async (against, sdl, requiredBump) => {
    expect(await reportOf(world().anonymous, ref, sdl, against)).toMatchObject({ requiredBump });
  });

  test('against a private version, for those who see it', async () => {
    expect(await reportOf(mia, ref, added, '2.0.0')).toMatchObject({ severity: 'BREAKING' });
    expect(await reportOf(gus, secret, added, '1.0.0')).toMatchObject({ severity: 'SAFE' });
  });

  test('what is hidden is what is missing', async () => {
    const said = async (algorithm: string, against?: string) =>
      JSON.stringify(await refusalOf(otto, algorithm, detect, against));
    const missing = (await said(ref, '2.9.0')).replaceAll('2.9.0', '2.0.0');
    expect(await said(ref, '2.0.0')).toBe(missing);
    expect(missing).toContain('NOT_FOUND');
    const unknown = (await said('acme/none')).replaceAll('acme/none', secret);
    expect(await said(secret)).toBe(unknown);
    expect(await said(secret, '1.0.0')).toBe(unknown);
    expect(unknown).toContain('NOT_FOUND');
  });

  test('a pending version is there for members alone, one that was taken down for nobody', async () => {
    const algorithm = await releases.algorithm(['1.0.0', detect], ['1.0.1', detect]);
    await releases.policies(algorithm, { protectStable: 'EVERY' });
    await releases.publish(algorithm, '1.1.0', added);
    expect(await reportOf(mia, algorithm, added, '1.1.0')).toMatchObject({ changes: [] });
    expect(await refusalOf(otto, algorithm, added, '1.1.0')).toMatchObject({ code: 'NOT_FOUND' });
    await world().operator.mutate('takeDownVersion', { version: `${algorithm}/1.0.0`, reason: 'a court' });
    for (const by of [mia, otto]) {
      expect(await refusalOf(by, algorithm, added, '1.0.0')).toMatchObject({ code: 'GONE' });
    }
  });

  test('with no public release there is nothing to compare with', async () => {
    expect(await reportOf(mia, secret, added)).toBeNull();
    expect(await reportOf(gus, secret, added)).toBeNull();
  });

  test.each([
    ['no SDL', 'type Query {', undefined, /Syntax Error: Expected Name, found <EOF>\. \(line 1, column 13\)/],
    ['nothing', '', undefined, /Syntax Error/],
    ['an unknown type', 'type Query { a: Nothing }', undefined, /Unknown type "Nothing"/],
    ['no functions', 'type Other { a: Int }', undefined, /no type Query/],
    ['a partial version', detect, 'acme/a1/1', /is not of the form/],
    ['a version of another', detect, 'acme/other/1.0.0', /is not a version of/],
    ['no reference', detect, 'acme', /./],
  ])('%s is INVALID_INPUT, saying what is wrong', async (_what, sdl, against, message) => {
    const refusal = await refusalOf(otto, ref, sdl, against);
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(message) });
  });

  test('an interface without end is TOO_LARGE', async () => {
    const sdl = `type Query { a: Int } # ${'x'.repeat(66_000)}`;
    expect(await refusalOf(otto, ref, sdl)).toMatchObject({ code: 'TOO_LARGE' });
  });

  const severally = (count: number) => {
    const fields = Array.from(
      { length: count },
      (_, at) => `a${at}: checkInterface(algorithm: $algorithm, interface: $sdl) { severity }`,
    );
    return `query ($algorithm: String!, $sdl: String!) { ${fields.join(' ')} }`;
  };

  test('two comparisons fit into a document, and a third is too much for one', async () => {
    const variables = { algorithm: ref, sdl: described };
    const two = await world().anonymous.graphql(severally(2), variables);
    expect(two.json).toEqual({ data: { a0: { severity: 'BREAKING' }, a1: { severity: 'BREAKING' } } });
    for (const count of [3, 20]) {
      const { status, json } = await world().anonymous.graphql(severally(count), variables);
      const message = 'The number of Query.checkInterface of this query may be at most 2.';
      const errors = [{ message, extensions: { code: 'QUERY_TOO_COMPLEX' } }];
      expect({ status, json }).toEqual({ status: 400, json: { errors } });
    }
  });
});
