import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import { entriesOf, registryRows } from '../builders/tables';
import { sha256Of } from '../trust/support';

/** Chapter 7, "SBOM and licences": read at publication, held against the policy, served with the version. */

const LICENCES = 'licences { licence components example } sbom { format sha256 document }';

/** Components by their names, each with its licence; without where there is null. */
type Components = Readonly<Record<string, string | null>>;

function cycloneDx(components: Components): string {
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: Object.entries(components).map(([name, expression]) => ({
      type: 'library',
      name,
      ...(expression !== null && { licenses: [{ expression }] }),
    })),
  });
}

function spdx(packages: Components): string {
  return JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    packages: Object.entries(packages).map(([name, licenseConcluded]) => ({
      name,
      ...(licenseConcluded !== null && { licenseConcluded }),
    })),
  });
}

describeOnEachServer('SBOMs', (world) => {
  let ann: Client;
  let max: Client;
  let otto: Client;
  let n = 0;

  beforeAll(async () => {
    [ann, max, otto] = [await world().user('ann'), await world().user('max'), await world().user('otto')];
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER' } });
  });

  /** An algorithm, public from its first version on, and a build that nobody has published. */
  async function fresh(): Promise<{ ref: string; sha: string }> {
    n += 1;
    const ref = `acme/s${n}`;
    await world().algorithm(ref);
    await world().publish(ref, '1.0.0');
    return { ref, sha: await world().build(ref) };
  }

  /** `publishVersion` by a maintainer; gives `OK`, or the refusal. */
  async function publish(algorithm: string, input: object): Promise<unknown> {
    const answer = await max.mutation('publishVersion', { algorithm, ...input }, 'version { version }');
    expect(answer.errors).toEqual([]);
    return (answer.at('publishVersion.userErrors') as readonly unknown[])[0] ?? 'OK';
  }

  async function sbomOf(version: string, by: Client): Promise<unknown> {
    const answer = await by.graphql(`query ($v: String!) { version(ref: $v) { ${LICENCES} } }`, {
      v: version,
    });
    expect(answer.errors).toEqual([]);
    return answer.at('version');
  }

  const setPolicy = (algorithm: string, licences: object): Promise<unknown> =>
    ann.mutate('updateAlgorithm', { algorithm, policies: { licences } });

  const COMPONENTS = { a: 'MIT', b: 'MIT OR GPL-3.0-only', c: null, d: 'MIT' };
  const USES = [
    { licence: 'MIT', components: 2, example: 'a' },
    { licence: 'MIT OR GPL-3.0-only', components: 1, example: 'b' },
    { licence: 'NOASSERTION', components: 1, example: 'c' },
  ];

  test.each([
    ['CYCLONEDX', cycloneDx(COMPONENTS)],
    ['SPDX', spdx(COMPONENTS)],
  ])('in %s travel with their version, whole, for whoever sees it', async (format, sbom) => {
    const { ref, sha } = await fresh();
    const entries = await entriesOf(world(), 'acme', () => publish(ref, { sha, version: '1.0.1', sbom }));
    expect(entries).toMatchObject([
      { chain: 'public', action: 'version.published', subject: `${ref}/1.0.1` },
    ]);
    const expected = { licences: USES, sbom: { format, sha256: sha256Of(sbom), document: sbom } };
    for (const client of [max, otto, world().anonymous]) {
      expect(await sbomOf(`${ref}/1.0.1`, client)).toEqual(expected);
    }
    expect(await sbomOf(`${ref}/1.0.0`, otto)).toEqual({ licences: [], sbom: null });
    expect(await newestDetail()).toMatchObject({ sbom: sha256Of(sbom) });
  });

  test('the very same publication repeated gives the version that it made; with another SBOM it is another', async () => {
    const { ref, sha } = await fresh();
    const input = { sha, version: '1.0.1', sbom: spdx({ a: 'MIT' }) };
    expect(await publish(ref, input)).toBe('OK');
    const before = await registryRows(world());
    expect(await publish(ref, input)).toBe('OK');
    for (const sbom of [null, spdx({ a: 'ISC' }), `${input.sbom} `]) {
      expect(await publish(ref, { ...input, sbom })).toMatchObject({ code: 'VERSION_EXISTS' });
    }
    expect(await registryRows(world())).toEqual(before);
  });

  test.each<[string, string, string, string]>([
    ['is no JSON', 'licence: MIT', 'INVALID_INPUT', 'the SBOM is no JSON'],
    [
      'says something twice',
      '{"a":1,"a":1}',
      'INVALID_INPUT',
      'the SBOM has the name "a" twice in one object',
    ],
    [
      'is of another format',
      '{}',
      'INVALID_INPUT',
      'the SBOM is neither CycloneDX 1.2 to 1.7 nor SPDX 2.0 to 2.3, as JSON',
    ],
    ['names nothing', spdx({}), 'INVALID_INPUT', 'the SBOM names no component'],
    ['is too long', spdx({ a: 'MIT' }) + ' '.repeat(524_288), 'TOO_LARGE', 'sbom is over 524288 bytes'],
  ])('one that %s is refused, and nothing is changed', async (_what, sbom, code, message) => {
    const { ref, sha } = await fresh();
    const before = await registryRows(world());
    expect(await publish(ref, { sha, version: '1.0.1', sbom })).toEqual({ code, message, field: ['sbom'] });
    expect(await registryRows(world())).toEqual(before);
  });

  describe('where licences are', () => {
    test.each<[string, object, string | null, string | null]>([
      ['allowed', { allow: ['MIT'] }, cycloneDx({ a: 'MIT', b: 'GPL-3.0-only OR MIT' }), null],
      ['allowed in both', { allow: ['MIT', 'ISC'] }, spdx({ a: 'MIT AND ISC' }), null],
      [
        'allowed with an exception',
        { allow: ['GPL-2.0-only'] },
        spdx({ a: 'GPL-2.0-only WITH GCC-exception-2.0' }),
        null,
      ],
      ['allowed in a later version', { allow: ['Apache-2.0'] }, spdx({ a: 'Apache-1.1+' }), null],
      ['not denied', { deny: ['GPL-3.0-only'] }, spdx({ a: null, b: 'Anything-9.0' }), null],
      ['missing in one', { allow: ['MIT'] }, spdx({ a: 'MIT AND ISC' }), 'does not allow ISC, of a'],
      [
        'not allowed',
        { allow: ['MIT'] },
        cycloneDx({ a: 'MIT', b: 'GPL-3.0-only' }),
        'does not allow GPL-3.0-only, of b',
      ],
      ['not known', { allow: ['MIT'] }, spdx({ a: null }), 'does not allow NOASSERTION, of a'],
      [
        'no SPDX',
        { allow: ['MIT'] },
        spdx({ a: 'MIT License' }),
        'does not allow "MIT License" (no SPDX expression), of a',
      ],
      ['in no list', { allow: ['MIT'] }, spdx({ a: 'Anything-9.0' }), 'does not allow Anything-9.0, of a'],
      [
        'denied',
        { deny: ['GPL-3.0-only'] },
        spdx({ a: 'MIT AND GPL-3.0-or-later' }),
        'does not allow GPL-3.0-or-later, of a',
      ],
      [
        'allowed and denied',
        { allow: ['MIT'], deny: ['MIT'] },
        spdx({ a: 'MIT' }),
        'does not allow MIT, of a',
      ],
      ['not said', { deny: ['GPL-3.0-only'] }, null, 'needs an SBOM'],
    ])('%s', async (_what, policy, sbom, refusal) => {
      const { ref, sha } = await fresh();
      await setPolicy(ref, policy);
      const before = await registryRows(world());
      for (const visibility of refusal === null ? ['PUBLIC'] : ['PRIVATE', 'PUBLIC']) {
        const answer = await publish(ref, { sha, version: '1.0.1', visibility, sbom });
        const refused = { code: 'LICENCE_DENIED', message: `the licence policy ${refusal}` };
        if (refusal === null) expect(answer).toBe('OK');
        else expect(answer).toMatchObject(refused);
      }
      if (refusal !== null) expect(await registryRows(world())).toEqual(before);
    });

    test('stated of the algorithm itself, that one is held too', async () => {
      const { ref, sha } = await fresh();
      await setPolicy(ref, { allow: ['MIT'] });
      await max.mutate('updateAlgorithm', { algorithm: ref, licence: 'GPL-3.0-only' });
      const input = { sha, version: '1.0.1', sbom: spdx({ a: 'MIT' }) };
      expect(await publish(ref, input)).toMatchObject({
        code: 'LICENCE_DENIED',
        message: `the licence policy does not allow GPL-3.0-only, of ${ref} itself`,
      });
      await max.mutate('updateAlgorithm', { algorithm: ref, licence: 'MIT' });
      expect(await publish(ref, input)).toBe('OK');
    });
  });

  test('promotions and approvals are asked again, by the policy of that moment', async () => {
    const { ref, sha } = await fresh();
    const without = await world().build(ref);
    const good = await world().build(ref);
    const rest = { visibility: 'PRIVATE' };
    await publish(ref, { sha, version: '1.0.1', sbom: spdx({ a: 'GPL-3.0-only' }), ...rest });
    await publish(ref, { sha: without, version: '1.0.2', ...rest });
    await publish(ref, { sha: good, version: '1.0.3', sbom: spdx({ a: 'MIT' }), ...rest });
    await setPolicy(ref, { allow: ['MIT'] });
    const before = await registryRows(world());
    const refusals: unknown[] = [];
    for (const version of ['1.0.1', '1.0.2']) {
      const answer = await ann.mutation('promoteVersion', { version: `${ref}/${version}` }, '');
      refusals.push(answer.at('promoteVersion.userErrors.0'));
    }
    expect(refusals).toEqual([
      {
        code: 'LICENCE_DENIED',
        message: 'version 1.0.1: the licence policy does not allow GPL-3.0-only, of a',
        field: ['version'],
      },
      {
        code: 'LICENCE_DENIED',
        message: 'version 1.0.2: the licence policy needs an SBOM',
        field: ['version'],
      },
    ]);
    expect(await registryRows(world())).toEqual(before);
    expect(await ann.attempt('promoteVersion', { version: `${ref}/1.0.3` })).toBe('OK');

    const waiting = await fresh();
    await ann.mutate('updateAlgorithm', { algorithm: waiting.ref, policies: { protectStable: 'EVERY' } });
    await publish(waiting.ref, { sha: waiting.sha, version: '1.0.1', sbom: spdx({ a: 'ISC' }) });
    await setPolicy(waiting.ref, { allow: ['MIT'] });
    const approval = { version: `${waiting.ref}/1.0.1` };
    expect(await ann.attempt('approveVersion', approval)).toBe('LICENCE_DENIED');
    await setPolicy(waiting.ref, { allow: ['ISC'] });
    expect(await ann.attempt('approveVersion', approval)).toBe('OK');
  });

  test('of a private version nobody else sees any, and of what was taken down nobody', async () => {
    const { ref, sha } = await fresh();
    await publish(ref, { sha, version: '1.0.1', visibility: 'PRIVATE', sbom: spdx({ a: 'MIT' }) });
    expect(await sbomOf(`${ref}/1.0.1`, max)).toMatchObject({ licences: [{ licence: 'MIT' }] });
    const hidden = await otto.graphql(`{ version(ref: "${ref}/1.0.1") { ${LICENCES} } }`);
    const missing = await otto.graphql(`{ version(ref: "${ref}/1.0.9") { ${LICENCES} } }`);
    expect(hidden.text.replaceAll('1.0.1', '1.0.9')).toBe(missing.text);
    const takedown = { version: `${ref}/1.0.1`, reason: 'a court' };
    const payload = await world().operator.mutate('takeDownVersion', takedown, `version { ${LICENCES} }`);
    expect(valueAt(payload, 'version')).toEqual({ licences: [], sbom: null });
  });

  test('the policy is set by admins, list by list, in one private entry', async () => {
    const { ref } = await fresh();
    const policies = { licences: { allow: ['MIT', 'MIT'], deny: ['NOASSERTION'] } };
    expect(await max.attempt('updateAlgorithm', { algorithm: ref, policies })).toBe('FORBIDDEN');
    const setting = (): Promise<unknown> => ann.mutate('updateAlgorithm', { algorithm: ref, policies });
    expect(await entriesOf(world(), 'acme', setting)).toMatchObject([
      { chain: 'private', action: 'algorithm.updated' },
    ]);
    expect(await newestDetail()).toEqual({
      policies: { licences: { allow: ['MIT'], deny: ['NOASSERTION'] } },
    });
    expect(await entriesOf(world(), 'acme', setting)).toEqual([]);
    await setPolicy(ref, { deny: [] });
    const answer = await ann.graphql(`{ algorithm(ref: "${ref}") { policies { licences { allow deny } } } }`);
    expect(answer.at('algorithm.policies.licences')).toEqual({ allow: ['MIT'], deny: [] });
    const wrong = { algorithm: ref, policies: { licences: { deny: ['GPL 3'] } } };
    const refused = await ann.mutation('updateAlgorithm', wrong, '');
    expect(refused.at('updateAlgorithm.userErrors')).toEqual([
      {
        code: 'INVALID_INPUT',
        message: '"GPL 3" is not one SPDX licence',
        field: ['policies', 'licences', 'deny', '0'],
      },
    ]);
  });

  test('rows are immutable', async () => {
    const { database } = world().server.app;
    for (const sql of [
      "UPDATE sboms SET format = 'x'",
      'DELETE FROM sboms',
      "UPDATE version_licences SET licence = 'x'",
      'DELETE FROM version_licences',
    ]) {
      await expect(database.write((tx) => tx.query(sql))).rejects.toThrow(/rows are immutable/);
    }
  });

  test('a list costs queries that do not grow with it, and at most ten documents', async () => {
    const ref = 'acme/many';
    await world().algorithm(ref);
    for (let at = 0; at < 12; at += 1) {
      await world().publish(ref, `1.${at}.0`, { sbom: spdx({ [`p${at}`]: 'MIT', b: 'ISC' }) });
    }
    const { database } = world().server.app;
    await settle(database);
    const asking = (first: number, fields: string) =>
      otto.graphql(
        `query ($first: Int!) { algorithm(ref: "${ref}") { versions(first: $first) { nodes { ${fields} } } } }`,
        { first },
      );
    const ask = (first: number) => async (): Promise<void> => {
      const answer = await asking(first, 'licences { licence } sbom { sha256 }');
      expect(answer.errors).toEqual([]);
      expect(answer.at(`algorithm.versions.nodes.${first - 1}.licences`)).toHaveLength(2);
    };
    await ask(12)();
    const few = await statementsOf(database, ask(4));
    const all = await statementsOf(database, ask(12));
    const ofSboms = (asked: string[]): number =>
      asked.filter((sql) => /sboms|version_licences/.test(sql)).length;
    expect([few, all].map(ofSboms)).toEqual([2, 2]);
    expect((await asking(10, 'sbom { document }')).errors).toEqual([]);
    expect((await asking(12, 'sbom { document }')).errors[0]).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
      message: 'at most 10 SBOMs are read at once',
    });
  });

  async function newestDetail(): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ detail: string }[]>(
      'SELECT change_json AS detail FROM ledger_entries ORDER BY at DESC LIMIT 1',
    );
    return JSON.parse(row!.detail) as unknown;
  }
});
