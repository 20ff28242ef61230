import { compactVerify, createLocalJWKSet } from 'jose';

import { SigningKeyRow } from '../../entities';
import { SigningKeys } from '../../src/keys';
import { describeOnEachDatabase } from '../builders/databases';
import { expectSoon } from '../builders/soon';

const MASTER_KEY = Buffer.alloc(32, 7);

describeOnEachDatabase('the keys that replicas sign by', (open) => {
  test('replicas that make the first at once have the same, and it signs what its public half verifies', async () => {
    const database = await open();
    const all = await Promise.all(
      Array.from({ length: 4 }, () => SigningKeys.open(database, MASTER_KEY, { now: () => 5 })),
    );
    const [first] = all;
    expect(all.map(({ jwks }) => jwks)).toEqual(all.map(() => first!.jwks));
    const jws = await first!.sign('example+jws', '{"said":"so"}');
    const { payload, protectedHeader } = await compactVerify(
      jws,
      createLocalJWKSet({ keys: [...all[3]!.jwks.keys] }),
    );
    expect(Buffer.from(payload).toString()).toBe('{"said":"so"}');
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'example+jws', kid: first!.all[0]!.kid });
    expect(first!.all.map(({ createdAt, retiredAt }) => [createdAt, retiredAt])).toEqual([[5, null]]);
  });

  test('after a rotation another key signs at every replica; of the old one the public half stays', async () => {
    const database = await open();
    let now = 1_000;
    const options = { now: () => now };
    const [here, there] = [
      await SigningKeys.open(database, MASTER_KEY, options),
      await SigningKeys.open(database, MASTER_KEY, options),
    ];
    const before = await there.sign('t', 'before');
    now = 2_000;
    const made = await here.rotate();
    expect(made).toMatchObject({ createdAt: 2_000, retiredAt: null });
    there.start();
    await expectSoon(
      () => Promise.resolve(there.all.map(({ kid }) => kid)),
      here.all.map(({ kid }) => kid),
    );
    there.stop();
    const after = await there.sign('t', 'after');
    const keys = createLocalJWKSet({ keys: [...(await SigningKeys.open(database, MASTER_KEY)).jwks.keys] });
    const kids = [];
    for (const jws of [before, after]) kids.push((await compactVerify(jws, keys)).protectedHeader.kid);
    expect(kids).toEqual(there.all.map(({ kid }) => kid));
    expect(there.all.map(({ retiredAt }) => retiredAt)).toEqual([2_000, null]);
    const rows = await database.reads.find(SigningKeyRow, { order: { createdAt: 'ASC' } });
    expect(rows.map(({ active, wrapped }) => [active, wrapped === null])).toEqual([
      [null, true],
      [1, false],
    ]);
  });

  test('of rotations at once one key signs in the end, and each of those that did can be found', async () => {
    const database = await open();
    const replicas = await Promise.all(
      Array.from({ length: 4 }, () => SigningKeys.open(database, MASTER_KEY)),
    );
    const signed = await Promise.all(
      replicas.map(async (keys) => {
        const { kid } = await keys.rotate();
        return { kid, jws: await keys.sign('t', kid) };
      }),
    );
    const later = await SigningKeys.open(database, MASTER_KEY);
    expect(later.all.filter(({ retiredAt }) => retiredAt === null)).toHaveLength(1);
    for (const { jws } of signed) {
      await compactVerify(jws, createLocalJWKSet({ keys: [...later.jwks.keys] }));
    }
  });

  test('a key that another replica made just now is found by its name, and a name that is none asks once a second', async () => {
    const database = await open();
    const [here, there] = [
      await SigningKeys.open(database, MASTER_KEY),
      await SigningKeys.open(database, MASTER_KEY),
    ];
    const { kid } = await here.rotate();
    expect((await there.find(kid))?.kid).toBe(kid);
    expect(await there.find('nothing')).toBeNull();
  });

  test('another master key does not open them', async () => {
    const database = await open();
    await SigningKeys.open(database, MASTER_KEY);
    await expect(SigningKeys.open(database, Buffer.alloc(32, 8))).rejects.toThrow(
      'the master key does not open the signing key: ALGOGATE_MASTER_KEY is another than before',
    );
  });
});
