import { Authenticator, TokenSignIns } from '../../src/auth';
import { Database } from '../../src/database';
import { OPERATOR, type Principal } from '../../src/domain/principal';
import { Issuers, readIssuersFile } from '../../src/oidc';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { refusal, ROOT_KEY, World } from '../builders/services';
import { issuersFile } from '../oidc/support/issuers-file';
import { AUDIENCE, TestIssuer } from '../oidc/support/test-issuer';

describe.each(DATABASES)('tokens as credentials on %s', (_name, create) => {
  let made: TestDatabase;
  /** Of the process that writes, and of the reads of the authenticator that is looked at. */
  let databases: readonly [Database, Database];
  let world: World;
  let issuer: TestIssuer;
  let authenticator: Authenticator;

  beforeAll(async () => {
    made = await create();
    databases = [await Database.open(made.target), await Database.open(made.target)];
    await databases[0].migrate();
    world = await World.open(databases[0]);
    issuer = await TestIssuer.start();
    await world.user('Ada');
    await world.organization('Acme', 'Ada');
    await world.access.identities.link(OPERATOR, { user: 'ada', issuer: issuer.url, subject: 'subject' });
    const map = [{ value: 'devs', organization: 'acme', role: 'MAINTAINER' }];
    const signIn = { audience: AUDIENCE, organizations: { map } };
    const issuers = new Issuers(
      await readIssuersFile(issuersFile({ issuers: [{ url: issuer.url, signIn }] })),
    );
    const signIns = new TokenSignIns(issuers, databases[1], world.ledger);
    authenticator = new Authenticator(databases[1], world.follower, ROOT_KEY, signIns);
  });
  afterAll(async () => {
    await authenticator.stop();
    await world.stop();
    for (const database of databases) await database.close();
    await made.drop();
    await issuer.leaves();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const authenticate = async (token: string): Promise<Principal> =>
    authenticator.authenticate(`Bearer ${token}`);

  /** Until memory may be answered from: a busy machine can let the polls wait. */
  async function fresh(): Promise<void> {
    do await world.follower.catchUp();
    while (!world.follower.isFresh);
  }

  test('in the steady state nothing is asked of the database or the issuer, and the principal is the same', async () => {
    const token = await issuer.token({ groups: ['devs'] });
    await authenticate(token);
    await fresh(); // what was heard late of the link is over
    const first = await authenticate(token);
    expect(first).toMatchObject({ kind: 'user', owner: { handle: 'Ada' }, key: null });
    expect([...(first as Extract<Principal, { kind: 'user' }>).roles.values()]).toEqual(['MAINTAINER']);
    await fresh();
    const [queries, asked] = [databases[1].queries.count, issuer.asked.length];
    expect(authenticator.authenticate(`Bearer ${token}`)).toBe(first);
    expect([databases[1].queries.count, issuer.asked.length]).toEqual([queries, asked]);
  });

  test('two tokens of a user are as narrow as each of them says', async () => {
    const roles = async (groups: readonly string[]): Promise<unknown[]> => {
      const principal = await authenticate(await issuer.token({ groups }));
      return [...(principal as Extract<Principal, { kind: 'user' }>).roles.values()];
    };
    expect([await roles(['devs']), await roles([]), await roles(['devs'])]).toEqual([
      ['MAINTAINER'],
      [],
      ['MAINTAINER'],
    ]);
  });

  test('the root key is the operator, though it be written as a token is', async () => {
    const rootKey = 'header-of-a-root-key.its-claims-of-none.its-signature';
    const signIns = new TokenSignIns(new Issuers([]), databases[1], world.ledger);
    const other = new Authenticator(databases[1], world.follower, rootKey, signIns);
    expect(await other.authenticate(`Bearer ${rootKey}`)).toBe(OPERATOR);
    const wrong = Promise.resolve(other.authenticate(`Bearer ${rootKey.slice(0, -1)}x`));
    expect(await refusal(wrong)).toMatchObject({ code: 'UNAUTHENTICATED' });
    await other.stop();
  });

  test('where no issuer is trusted no token is', async () => {
    const none = new Authenticator(databases[1], world.follower, ROOT_KEY);
    const token = await issuer.token();
    expect(() => none.authenticate(`Bearer ${token}`)).toThrow('the credential is not valid');
    await none.stop();
  });

  test('a link that ends while it is read does not outlive that in memory', async () => {
    const token = await issuer.token({ sub: 'raced', groups: [] });
    await world.user('Eve');
    await world.access.identities.link(OPERATOR, { user: 'eve', issuer: issuer.url, subject: 'raced' });
    const reading = authenticate(token).catch(() => null);
    await world.access.identities.unlink(OPERATOR, { user: 'eve', issuer: issuer.url, subject: 'raced' });
    await reading;
    expect(await refusal(authenticate(token))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
