import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import { entriesOf, registryRows } from '../builders/tables';
import { shaOf } from '../builders/world';
import { ed25519, envelope, p256, sha256Of, type Signer, statement } from '../trust/support';

/** Chapter 7, "Attestations": signed by keys that the owner registered, verified at publication, served. */

const ATTESTATIONS =
  'attestations { predicateType sha256 envelope verifiedAt signers { keyId algorithm publicKey label revokedAt } }';
const KEY = 'signingKey { keyId algorithm publicKey label registeredAt revokedAt }';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);

describeOnEachServer('attestations', (world) => {
  const ed = ed25519();
  const ec = p256();
  const foreign = ed25519();
  let ann: Client;
  let max: Client;
  let otto: Client;
  let n = 0;

  beforeAll(async () => {
    [ann, max, otto] = [await world().user('ann'), await world().user('max'), await world().user('otto')];
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER' } });
    await world().organization('globex', { admin: 'otto' });
    await register(ed, 'CI');
    await register(ec, null);
    const other = { owner: 'globex', publicKey: foreign.publicPem };
    await otto.mutate('registerSigningKey', other);
  });

  const register = (signer: Signer, label: string | null, by = ann): Promise<unknown> =>
    by.mutate('registerSigningKey', { owner: 'acme', publicKey: signer.publicPem, label }, KEY);

  /** An algorithm, public from its first version on, and a build that nobody has published. */
  async function fresh(spec: { artifact?: string } = {}): Promise<{ ref: string; sha: string }> {
    n += 1;
    const ref = `acme/t${n}`;
    await world().algorithm(ref);
    await world().publish(ref, '1.0.0');
    return { ref, sha: await world().build(ref, spec) };
  }

  const about = (sha: string, ...signers: readonly Signer[]): string =>
    envelope(statement({ digest: { gitCommit: sha } }), signers);

  /** `publishVersion` by a maintainer; gives `OK`, or the refusal. */
  async function publish(algorithm: string, input: object): Promise<unknown> {
    const answer = await max.mutation('publishVersion', { algorithm, ...input }, 'version { version }');
    expect(answer.errors).toEqual([]);
    return (answer.at('publishVersion.userErrors') as readonly unknown[])[0] ?? 'OK';
  }

  async function attestationsOf(version: string, by: Client): Promise<unknown> {
    const answer = await by.graphql(`query ($v: String!) { version(ref: $v) { ${ATTESTATIONS} } }`, {
      v: version,
    });
    expect(answer.errors).toEqual([]);
    return answer.at('version.attestations');
  }

  const requireSignature = (algorithm: string): Promise<unknown> =>
    ann.mutate('updateAlgorithm', { algorithm, policies: { requireSignature: true } });

  test('travel with their version, whole, for whoever sees it', async () => {
    const { ref, sha } = await fresh({ artifact: 'AB'.repeat(32) });
    const text = envelope(statement({ digest: { sha256: 'ab'.repeat(32) } }), [foreign, ec, ed]);
    const second = envelope(
      statement({
        digest: { sha256: 'ab'.repeat(32), gitCommit: sha },
        predicateType: 'https://example.com/test',
      }),
      [ed],
    );
    const input = { sha, version: '1.0.1', attestations: [text, second] };
    const entries = await entriesOf(world(), 'acme', () => publish(ref, input));
    expect(entries).toMatchObject([
      { chain: 'public', action: 'version.published', subject: `${ref}/1.0.1` },
    ]);
    const expected = [
      {
        predicateType: 'https://slsa.dev/provenance/v1',
        sha256: sha256Of(text),
        envelope: text,
        verifiedAt: TIME,
        signers: [keyOf(ed, 'CI'), keyOf(ec, null)],
      },
      {
        predicateType: 'https://example.com/test',
        sha256: sha256Of(second),
        envelope: second,
        verifiedAt: TIME,
        signers: [keyOf(ed, 'CI')],
      },
    ];
    for (const client of [max, otto, world().anonymous]) {
      expect(await attestationsOf(`${ref}/1.0.1`, client)).toEqual(expected);
    }
    expect(await attestationsOf(`${ref}/1.0.0`, otto)).toEqual([]);
    expect(await newestDetail()).toMatchObject({ attestations: [sha256Of(text), sha256Of(second)] });
  });

  test('the very same publication repeated gives the version that it made; with others it is another', async () => {
    const { ref, sha } = await fresh();
    const attestations = [about(sha, ed)];
    expect(await publish(ref, { sha, version: '1.0.1', attestations })).toBe('OK');
    const before = await registryRows(world());
    expect(await publish(ref, { sha, version: '1.0.1', attestations })).toBe('OK');
    expect(await publish(ref, { sha, version: '1.0.1' })).toMatchObject({ code: 'VERSION_EXISTS' });
    const others = [about(sha, ec)];
    expect(await publish(ref, { sha, version: '1.0.1', attestations: others })).toMatchObject({
      code: 'VERSION_EXISTS',
    });
    expect(await registryRows(world())).toEqual(before);
  });

  describe('are refused, and nothing is changed,', () => {
    const refusals: [string, (sha: string) => string[], string, string][] = [
      [
        'by a key that another owner registered',
        (sha) => [about(sha, foreign)],
        'INVALID_INPUT',
        'attestation 0 is not signed with any key of acme that holds',
      ],
      [
        'about another build',
        (sha) => [about(sha, ed), about(shaOf('other'), ed)],
        'INVALID_INPUT',
        'attestation 1 is about no subject with gitCommit SHA',
      ],
      [
        'about an artifact that the build has not',
        () => [envelope(statement({ digest: { sha256: 'ab'.repeat(32) } }), [ed])],
        'INVALID_INPUT',
        'attestation 0 is about no subject with gitCommit SHA',
      ],
      [
        'with a payload that was exchanged',
        (sha) => {
          const payload = Buffer.from(statement({ digest: { gitCommit: sha } })).toString('base64');
          return [JSON.stringify({ ...(JSON.parse(about(shaOf('other'), ed)) as object), payload })];
        },
        'INVALID_INPUT',
        'attestation 0 is not signed with any key of acme that holds',
      ],
      [
        'of another type of payload',
        (sha) => [
          envelope(statement({ digest: { gitCommit: sha } }), [ed], { payloadType: 'application/json' }),
        ],
        'INVALID_INPUT',
        'attestation 0 is no DSSE envelope of application/vnd.in-toto+json with 1 to 10 signatures: payloadType',
      ],
      [
        'where the envelope says something twice',
        (sha) => [about(sha, ed).replace('{', '{"payload":"AAAA",')],
        'INVALID_INPUT',
        'attestation 0 has the name "payload" twice in one object',
      ],
      [
        'where the statement says something twice',
        (sha) => [envelope(statement({ digest: { gitCommit: sha } }).replace('{', '{"predicate":{},'), [ed])],
        'INVALID_INPUT',
        'attestation 0 has the name "predicate" twice in one object',
      ],
      [
        'that are given twice',
        (sha) => [about(sha, ed), about(sha, ed)],
        'INVALID_INPUT',
        'attestation 1 is there twice',
      ],
      [
        'where there are six',
        (sha) => Array.from({ length: 6 }, () => about(sha, ec)),
        'TOO_LARGE',
        'a version carries at most 5 attestations',
      ],
      [
        'of more than 65,535 bytes',
        (sha) => [about(sha, ed) + ' '.repeat(65_536)],
        'TOO_LARGE',
        'attestations is over 65535 bytes',
      ],
    ];

    test.each(refusals)('%s', async (_what, attestations, code, message) => {
      const { ref, sha } = await fresh();
      const before = await registryRows(world());
      expect(await publish(ref, { sha, version: '1.0.1', attestations: attestations(sha) })).toMatchObject({
        code,
        message: message.replace('SHA', sha),
      });
      expect(await registryRows(world())).toEqual(before);
    });
  });

  test('where the policy wants one, nothing is published without', async () => {
    const { ref, sha } = await fresh({ artifact: 'cd'.repeat(32) });
    await requireSignature(ref);
    const before = await registryRows(world());
    for (const visibility of ['PUBLIC', 'PRIVATE']) {
      for (const attestations of [undefined, null, []]) {
        expect(await publish(ref, { sha, version: '1.0.1', visibility, attestations })).toEqual({
          code: 'SIGNATURE_REQUIRED',
          message: `a version needs an attestation about sha256 ${'cd'.repeat(32)}, signed with a key of acme`,
          field: ['attestations'],
        });
      }
    }
    // a commit says what an artifact was made from, not what it is
    expect(await publish(ref, { sha, version: '1.0.1', attestations: [about(sha, ed)] })).toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await registryRows(world())).toEqual(before);
    const good = envelope(statement({ digest: { sha256: 'cd'.repeat(32) } }), [ec]);
    expect(await publish(ref, { sha, version: '1.0.1', attestations: [good] })).toBe('OK');
  });

  test('a promotion is asked again: for what was published before the policy, or by a key that was revoked', async () => {
    const { ref, sha } = await fresh();
    const leaving = p256();
    await register(leaving, 'leaving');
    const rest = { visibility: 'PRIVATE' };
    expect(await publish(ref, { sha, version: '1.0.1', ...rest })).toBe('OK');
    for (const [version, signer] of [
      ['1.0.2', leaving],
      ['1.0.3', ed],
    ] as const) {
      const next = await world().build(ref);
      const attestations = [about(next, signer)];
      expect(await publish(ref, { sha: next, version, attestations, ...rest })).toBe('OK');
    }
    await requireSignature(ref);
    await ann.mutate('revokeSigningKey', { owner: 'acme', keyId: leaving.key.keyId });
    const before = await registryRows(world());
    for (const version of ['1.0.1', '1.0.2']) {
      const answer = await ann.mutation('promoteVersion', { version: `${ref}/${version}` }, '');
      expect(answer.at('promoteVersion.userErrors')).toEqual([
        {
          code: 'SIGNATURE_REQUIRED',
          message: `no attestation signed with a key that holds is with ${version}`,
          field: ['version'],
        },
      ]);
    }
    expect(await registryRows(world())).toEqual(before);
    expect(await ann.attempt('promoteVersion', { version: `${ref}/1.0.3` })).toBe('OK');
    // what was verified stays verified, and says that its key holds no more
    expect(await attestationsOf(`${ref}/1.0.2`, max)).toMatchObject([
      { verifiedAt: TIME, signers: [{ keyId: leaving.key.keyId, label: 'leaving', revokedAt: TIME }] },
    ]);
    const sha4 = await world().build(ref);
    expect(
      await publish(ref, { sha: sha4, version: '1.0.4', attestations: [about(sha4, leaving)] }),
    ).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'attestation 0 is not signed with any key of acme that holds',
    });
  });

  test('an approval is asked again', async () => {
    const { ref, sha } = await fresh();
    await ann.mutate('updateAlgorithm', { algorithm: ref, policies: { protectStable: 'EVERY' } });
    expect(await publish(ref, { sha, version: '1.0.1' })).toBe('OK');
    await requireSignature(ref);
    expect(await ann.attempt('approveVersion', { version: `${ref}/1.0.1` })).toBe('SIGNATURE_REQUIRED');
  });

  test('of a private version nobody else sees any, and of what was taken down nobody', async () => {
    const { ref, sha } = await fresh();
    const input = { sha, version: '1.0.1', attestations: [about(sha, ed)] };
    const entries = await entriesOf(world(), 'acme', () => publish(ref, { ...input, visibility: 'PRIVATE' }));
    expect(entries).toMatchObject([{ chain: 'private', action: 'version.published' }]);
    expect(await attestationsOf(`${ref}/1.0.1`, max)).toHaveLength(1);
    const hidden = await otto.graphql(`{ version(ref: "${ref}/1.0.1") { ${ATTESTATIONS} } }`);
    const missing = await otto.graphql(`{ version(ref: "${ref}/1.0.9") { ${ATTESTATIONS} } }`);
    expect(hidden.text.replaceAll('1.0.1', '1.0.9')).toBe(missing.text);
    expect(hidden.at('version')).toBeNull();
    const takedown = { version: `${ref}/1.0.1`, reason: 'a court' };
    const payload = await world().operator.mutate('takeDownVersion', takedown, `version { ${ATTESTATIONS} }`);
    expect(valueAt(payload, 'version.attestations')).toEqual([]);
  });

  describe('keys', () => {
    test('are for all to see, and each change of them is one public entry', async () => {
      const signer = p256();
      const input = { owner: 'acme', publicKey: signer.publicPem, label: 'laptop' };
      const registered = { ...keyOf(signer, 'laptop'), registeredAt: TIME };
      const registering = async (): Promise<void> => {
        const payload = await ann.mutate('registerSigningKey', input, KEY);
        expect(valueAt(payload, 'signingKey')).toEqual(registered);
      };
      expect(await entriesOf(world(), 'acme', registering)).toEqual([
        {
          chain: 'public',
          action: 'signingKey.registered',
          subject: 'acme',
          actor: expect.stringContaining('user:ann'),
        },
      ]);
      expect(await newestDetail()).toEqual({
        keyId: signer.key.keyId,
        algorithm: 'ECDSA_P256',
        label: 'laptop',
      });
      expect(await entriesOf(world(), 'acme', registering)).toEqual([]);
      const query = '{ owner(handle: "Acme") { signingKeys { keyId revokedAt } } }';
      const shown = async (): Promise<unknown> =>
        (await world().anonymous.graphql(query)).at('owner.signingKeys');
      expect(await shown()).toContainEqual({ keyId: signer.key.keyId, revokedAt: null });

      const { keyId } = signer.key;
      const revoking = async (): Promise<void> => {
        const payload = await ann.mutate('revokeSigningKey', { owner: 'acme', keyId }, KEY);
        expect(valueAt(payload, 'signingKey')).toEqual({ ...registered, revokedAt: TIME });
      };
      expect(await entriesOf(world(), 'acme', revoking)).toMatchObject([
        { chain: 'public', action: 'signingKey.revoked', subject: 'acme' },
      ]);
      expect(await entriesOf(world(), 'acme', revoking)).toEqual([]);
      expect(await shown()).toContainEqual({ keyId, revokedAt: TIME });
      // for good
      expect(await ann.attempt('registerSigningKey', input)).toBe('ALREADY_EXISTS');
      expect(await ann.attempt('registerSigningKey', { ...input, owner: 'ann' })).toBe('OK');
    });

    test('are registered and revoked by admins alone', async () => {
      const publicKey = p256().publicPem;
      const keyId = ed.key.keyId;
      const before = await registryRows(world());
      const attempts = async (client: Client): Promise<string[]> => [
        await client.attempt('registerSigningKey', { owner: 'acme', publicKey }),
        await client.attempt('revokeSigningKey', { owner: 'acme', keyId }),
      ];
      for (const client of [max, otto, await world().key('ann', { scopes: ['publish'] })]) {
        expect(await attempts(client)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
      }
      expect(await attempts(world().anonymous)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
      const {
        api_keys: _keys,
        ledger_heads: _heads,
        ledger_entries: _entries,
        ...after
      } = await registryRows(world());
      expect(before).toMatchObject(after);
    });

    test.each<[string, object, string]>([
      ['a text that is none', { owner: 'acme', publicKey: 'key' }, 'INVALID_INPUT'],
      ['a private one', { owner: 'acme', publicKey: ec.privatePem }, 'INVALID_INPUT'],
      ['one by another label', { owner: 'acme', publicKey: ed.publicPem, label: 'other' }, 'ALREADY_EXISTS'],
      ['of nobody', { owner: 'nobody', publicKey: ed.publicPem }, 'NOT_FOUND'],
    ])('%s is refused', async (_what, input, code) => {
      expect(await ann.attempt('registerSigningKey', input)).toBe(code);
    });

    test('what is not there is not revoked', async () => {
      const keyId = foreign.key.keyId;
      expect(await ann.attempt('revokeSigningKey', { owner: 'acme', keyId })).toBe('NOT_FOUND');
    });

    test('at most twenty hold', async () => {
      const owner = 'max';
      for (let at = 0; at < 20; at += 1) {
        await max.mutate('registerSigningKey', { owner, publicKey: ed25519().publicPem });
      }
      const publicKey = ed25519().publicPem;
      expect(await max.attempt('registerSigningKey', { owner, publicKey })).toBe('INVALID_INPUT');
    });
  });

  test('rows are immutable, but for a revocation', async () => {
    const { database } = world().server.app;
    for (const sql of [
      "UPDATE attestations SET envelope = 'x'",
      'DELETE FROM attestations',
      'UPDATE attestation_signers SET key_id = 0',
      'DELETE FROM attestation_signers',
      "UPDATE attestation_keys SET pem = 'x'",
      'UPDATE attestation_keys SET revoked_at = NULL WHERE revoked_at IS NOT NULL',
      'DELETE FROM attestation_keys',
    ]) {
      const attempt = database.write((tx) => tx.query(sql));
      await expect(attempt).rejects.toThrow(/rows are immutable/);
    }
  });

  test('a list costs queries that do not grow with it', async () => {
    const ref = 'acme/many';
    await world().algorithm(ref);
    for (let at = 0; at < 20; at += 1) {
      const sha = await world().build(ref);
      await world().publish(ref, `1.${at}.0`, { sha, attestations: [about(sha, ed), about(sha, ec)] });
    }
    const { database } = world().server.app;
    await settle(database);
    const query = `query ($first: Int!) { algorithm(ref: "${ref}") { versions(first: $first) { nodes { ${ATTESTATIONS} } } } }`;
    const ask = (first: number) => async (): Promise<void> => {
      const answer = await otto.graphql(query, { first });
      expect(answer.errors).toEqual([]);
      expect(answer.at(`algorithm.versions.nodes.${first - 1}.attestations`)).toHaveLength(2);
    };
    await ask(20)();
    const few = await statementsOf(database, ask(5));
    const all = await statementsOf(database, ask(20));
    // attestations, who signed them, their envelopes, the keys
    expect([few, all].map((asked) => asked.filter((sql) => /attestation/.test(sql)).length)).toEqual([4, 4]);
  });

  async function newestDetail(): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ detail: string }[]>(
      'SELECT change_json AS detail FROM ledger_entries ORDER BY at DESC LIMIT 1',
    );
    return JSON.parse(row!.detail) as unknown;
  }
});

function keyOf({ key, publicPem }: Signer, label: string | null): object {
  return { keyId: key.keyId, algorithm: key.algorithm, publicKey: publicPem, label, revokedAt: null };
}
