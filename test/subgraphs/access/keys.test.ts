import { LimitRow } from '../../../entities';
import { limitSubject } from '../../../src/domain/limits/subject';
import { keyOf } from '../../../src/domain/permissions';
import { ANONYMOUS, OPERATOR, type Principal } from '../../../src/domain/principal';
import { describeOnEachDatabase } from '../../builders/databases';
import { outcomeOf, refusal, World } from '../../builders/services';

const SOON = new Date(Date.now() + 3_600_000);
const LATER = new Date(Date.now() + 7_200_000);

describeOnEachDatabase('API keys', (open) => {
  let world: World;
  let ada: Principal;
  beforeEach(async () => {
    world = await World.open(await open());
    await world.user('Ada');
    await world.user('bob');
    await world.organization('Acme', 'ada');
    await world.access.members.set(OPERATOR, { organization: 'acme', user: 'bob', role: 'MAINTAINER' });
    ada = await world.as('ada');
  });
  afterEach(() => world.stop());

  const create = (principal: Principal, owner: string, scopes?: string[], expiresAt?: Date) =>
    world.access.keys.create(principal, { owner, scopes, expiresAt });

  test('a key is shown once, works at once, and no secret is kept or logged', async () => {
    const statements: string[] = [];
    world.database.queries.listener = (sql) => statements.push(sql);
    const [entry, ...others] = await world.entriesOf('ada', async () => {
      const input = { owner: 'ADA', label: 'laptop', scopes: ['read', 'call:Acme/*'], expiresAt: SOON };
      const { key, secret } = await world.access.keys.create(ada, input);
      expect(secret).toMatch(/^agk_[\w-]{43}$/);
      expect(key).toMatchObject({
        prefix: secret.slice(0, 12),
        label: 'laptop',
        scopes: ['read', 'call:Acme/*'],
        expiresAt: SOON.getTime(),
        revokedAt: null,
        lastUsedAt: null,
      });
      expect(await world.authenticate(secret)).toMatchObject({ kind: 'user', owner: { handle: 'Ada' } });
      expect(JSON.stringify(await world.database.reads.query('SELECT * FROM api_keys'))).not.toContain(
        secret,
      );
      expect(JSON.stringify(await world.database.reads.query('SELECT * FROM ledger_entries'))).not.toContain(
        secret.slice(12),
      );
      expect(statements.join()).not.toContain(secret);
    });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      chain: 'private',
      action: 'apiKey.created',
      subject: 'Ada',
      actor: 'user:Ada',
    });
    expect(Object.keys(entry!.change).sort()).toEqual(['expiresAt', 'label', 'prefix', 'scopes']);
  });

  test('for whom who may make one', async () => {
    const bob = await world.as('bob');
    const table: [string, Principal, string, string][] = [
      ['anonymous', ANONYMOUS, 'ada', 'UNAUTHENTICATED'],
      ['a user for another', bob, 'ada', 'FORBIDDEN'],
      ['a maintainer for the organisation', bob, 'acme', 'FORBIDDEN'],
      ["the organisation's key for its admin", await world.withKey('acme'), 'ada', 'FORBIDDEN'],
      ['a key that may only read', await world.withKey('ada', 'read'), 'ada', 'FORBIDDEN'],
      ['the operator for nobody', OPERATOR, 'nobody', 'NOT_FOUND'],
      ['a user for itself', bob, 'bob', 'OK'],
      ['an admin for the organisation', ada, 'acme', 'OK'],
      ['the organisation for itself', await world.withKey('acme'), 'acme', 'OK'],
      ['the operator for anyone', OPERATOR, 'ada', 'OK'],
    ];
    for (const [who, principal, owner, expected] of table) {
      expect([who, await outcomeOf(create(principal, owner))]).toEqual([who, expected]);
    }
  });

  test('a key never makes one with more than itself', async () => {
    const table: [held: string[], asked: string[], 'OK' | 'FORBIDDEN'][] = [
      [[], [], 'OK'],
      [[], ['admin'], 'OK'],
      [['admin'], [], 'OK'],
      [['admin'], ['publish:acme/*'], 'OK'],
      [['admin:acme/*'], [], 'FORBIDDEN'],
      [['admin:acme/*'], ['admin'], 'FORBIDDEN'],
      [['admin:acme/*'], ['admin:acme/*'], 'OK'],
      [['admin:acme/*'], ['publish:ACME/detect', 'read:acme/*'], 'OK'],
      [['admin:acme/*'], ['read:acme/*', 'read:other/*'], 'FORBIDDEN'],
      [['admin:acme/*', 'read'], ['read:other/x'], 'OK'],
      [['admin:acme/*', 'read'], ['call:other/x'], 'FORBIDDEN'],
    ];
    for (const [held, asked, expected] of table) {
      const acting = await world.withKey('ada', ...held);
      expect([held, asked, await outcomeOf(create(acting, 'acme', asked))]).toEqual([held, asked, expected]);
    }
  });

  test('nor one that outlives itself', async () => {
    const { secret } = await create(ada, 'ada', [], SOON);
    const acting = await world.authenticate(secret);
    for (const expiresAt of [undefined, LATER]) {
      expect(await refusal(create(acting, 'ada', [], expiresAt))).toEqual({
        code: 'FORBIDDEN',
        message: 'a key cannot make a key that outlives itself',
        field: ['expiresAt'],
      });
    }
    await create(acting, 'ada', [], SOON);
  });

  test('nor one by which it would be rid of its limits', async () => {
    const acting = await world.withKey('ada');
    const id = keyOf(acting)?.id ?? 0;
    const subject = limitSubject({ keyId: id, consumerId: null, algorithmId: null });
    const limits = { subject, keyId: id, consumerId: null, algorithmId: null };
    await create(acting, 'ada');
    await world.database.write((tx) => tx.insert(LimitRow, { ...limits, perDay: 5 }));
    for (const owner of ['ada', 'acme']) {
      expect(await refusal(create(acting, owner))).toEqual({
        code: 'FORBIDDEN',
        message: 'a key that has limits cannot make another',
      });
    }
    await world.database.write((tx) => tx.update(LimitRow, { subject }, { perDay: null }));
    await create(acting, 'ada');
  });

  test('what is asked for must make sense', async () => {
    expect(await refusal(create(ada, 'ada', ['write']))).toMatchObject({
      code: 'INVALID_INPUT',
      field: ['scopes'],
    });
    expect((await refusal(create(ada, 'ada', Array(101).fill('read')))).code).toBe('INVALID_INPUT');
    expect(await refusal(create(ada, 'ada', [], new Date(0)))).toMatchObject({ field: ['expiresAt'] });
    const label = refusal(world.access.keys.create(ada, { owner: 'ada', label: 'x'.repeat(101) }));
    expect(await label).toMatchObject({ code: 'INVALID_INPUT', field: ['label'] });
  });

  test('revoking ends a key at once, once', async () => {
    const { secret, prefix } = await world.key('ada');
    await world.authenticate(secret);
    const [entry] = await world.entriesOf('ada', () => world.access.keys.revoke(ada, prefix));
    expect(entry).toEqual({
      chain: 'private',
      actor: 'user:Ada',
      action: 'apiKey.revoked',
      subject: 'Ada',
      change: { prefix, label: null },
    });
    expect((await refusal(world.authenticate(secret))).code).toBe('UNAUTHENTICATED');
    expect(await world.entriesOf('ada', () => world.access.keys.revoke(ada, prefix))).toEqual([]);
    expect(await world.access.keys.ofPrincipal(ada)).toEqual([]);
  });

  test('of parallel revocations one leaves an entry', async () => {
    const { prefix } = await world.key('ada');
    const revoke = () => world.access.keys.revoke(ada, prefix);
    expect(await world.entriesOf('ada', () => Promise.all([revoke(), revoke(), revoke()]))).toHaveLength(1);
  });

  test('who may revoke what; to others a key is as good as missing', async () => {
    const missing = (prefix: string) => ({
      code: 'NOT_FOUND',
      message: `API key ${prefix} not found`,
      field: ['id'],
    });
    const revoke = (principal: Principal, prefix: string) => world.access.keys.revoke(principal, prefix);
    const bob = await world.as('bob');
    const own = await world.key('ada');
    const ofAcme = await world.key('acme');
    expect(await refusal(revoke(ada, 'agk_nothing0'))).toEqual(missing('agk_nothing0'));
    expect(await refusal(revoke(bob, own.prefix))).toEqual(missing(own.prefix));
    expect(await refusal(revoke(bob, ofAcme.prefix))).toEqual(missing(ofAcme.prefix));
    expect(await refusal(revoke(await world.withKey('acme'), own.prefix))).toEqual(missing(own.prefix));
    expect(await refusal(revoke(await world.withKey('ada', 'call'), own.prefix))).toEqual(
      missing(own.prefix),
    );
    expect((await refusal(revoke(ANONYMOUS, own.prefix))).code).toBe('UNAUTHENTICATED');
    // it sees its owner's keys, and may not end them
    expect((await refusal(revoke(await world.withKey('ada', 'read'), own.prefix))).code).toBe('FORBIDDEN');
    await revoke(ada, ofAcme.prefix);
    await revoke(OPERATOR, own.prefix);
  });

  test('a key ends itself only where its scopes let it', async () => {
    for (const [scopes, expected] of [
      [['call'], 'FORBIDDEN'],
      [['publish'], 'FORBIDDEN'],
      [['admin'], 'OK'],
      [[], 'OK'],
    ] as const) {
      const { secret, prefix } = await world.key('ada', scopes);
      const revoked = world.access.keys.revoke(await world.authenticate(secret), prefix);
      expect([scopes, await outcomeOf(revoked)]).toEqual([scopes, expected]);
    }
  });

  test('a key that was revoked a moment ago plants no other', async () => {
    const { secret, prefix } = await world.key('ada');
    const session = await world.authenticate(secret);
    await world.access.keys.revoke(ada, prefix);
    expect((await refusal(create(session, 'ada'))).code).toBe('UNAUTHENTICATED');
    expect((await refusal(create(session, 'acme'))).code).toBe('UNAUTHENTICATED');
  });

  test("an admin who was demoted a moment ago makes no key of the organisation's", async () => {
    await world.access.members.set(OPERATOR, { organization: 'acme', user: 'bob', role: 'ADMIN' });
    const session = await world.as('bob');
    await world.access.members.set(ada, { organization: 'acme', user: 'bob', role: 'MAINTAINER' });
    expect((await refusal(create(session, 'acme'))).code).toBe('FORBIDDEN');
  });
});
