import { Authenticator } from '../../src/auth';
import { Database } from '../../src/database';
import { OPERATOR } from '../../src/domain/principal';
import { parseReference } from '../../src/domain/reference';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { type Proxy, proxyTo } from '../builders/proxy';
import { refusal, ROOT_KEY, World } from '../builders/services';
import { coldIndex, everythingOf, Process, shaOf } from './support';

const AWAY = { code: 'UNAVAILABLE', message: 'the registry is not reachable' };
const SELECTORS = ['', '1', '1.0.0', '1.0.1'];

/** A database that is a file is never away without its process. */
const SERVERS = DATABASES.filter(([name]) => name !== 'SQLite');

(SERVERS.length === 0 ? describe.skip : describe)('a replica whose database server', () => {
  let made: TestDatabase;
  /** Another replica, which keeps its connection. */
  let other: Database;
  let writer: Process;
  let world: World;
  let proxy: Proxy;
  let database: Database;
  let here: Process;
  let authenticator: Authenticator;
  let secrets: readonly [known: string, unknown: string];

  beforeEach(async () => {
    made = await SERVERS[0]![1]();
    if (made.target.dialect !== 'mysql') throw new Error('a server is wanted');
    const url = new URL(made.target.url);
    proxy = await proxyTo({ host: url.hostname, port: Number(url.port || 3306) });
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    other = await Database.open(made.target);
    await other.migrate();
    world = await World.open(other);
    writer = await Process.on(other);
    await writer.owner('Acme');
    await writer.algorithm('Acme', 'Detect');
    await publish('1.0.0');
    database = await Database.open({ dialect: 'mysql', url: url.href });
    here = await Process.on(database);
    authenticator = new Authenticator(database, here.follower, ROOT_KEY);
    secrets = [(await world.key('Acme')).secret, (await world.key('Acme')).secret];
    await here.caughtUp();
    await everythingOf(here.index, 'Acme/Detect', SELECTORS);
    await authenticator.authenticate(secrets[0]);
  });
  afterEach(async () => {
    proxy.restore();
    await here.stop();
    await database.close();
    await proxy.close();
    await writer.stop();
    await world.stop();
    await other.close();
    await made.drop();
  });

  async function publish(version: string): Promise<void> {
    await writer.build('Acme/Detect', shaOf(version));
    await writer.publish('Acme/Detect', version, { sha: shaOf(version), open: version.endsWith('0.0') });
  }

  const known = () => everythingOf(here.index, 'Acme/Detect', SELECTORS);
  const unknown = (name = 'Other') => {
    const { ownerKey, nameKey } = parseReference(`Acme/${name}`);
    return Promise.resolve(here.index.find(ownerKey, nameKey));
  };
  const authenticated = (secret: string) => Promise.resolve(authenticator.authenticate(secret));

  test.each(['cut', 'hang'] as const)(
    'is away (%s) answers what it knows, and says so of the rest',
    async (how) => {
      const before = await known();
      proxy[how]();
      await publish('1.0.1');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await known()).toEqual(before);
      expect(here.follower.databaseAway).toBe(true);
      expect(await refusal(unknown())).toEqual(AWAY);
      expect(await authenticated(secrets[0])).toMatchObject({ kind: 'user', owner: { handle: 'Acme' } });
      expect(await refusal(authenticated(secrets[1]))).toEqual(AWAY);
      expect(await authenticated(ROOT_KEY)).toBe(OPERATOR);

      proxy.restore();
      await here.caughtUp();
      expect(await known()).toEqual(await everythingOf(await coldIndex(other), 'Acme/Detect', SELECTORS));
      expect(await known()).not.toEqual(before);
      expect(await unknown()).toBeNull();
      expect(await authenticated(secrets[1])).toMatchObject({ kind: 'user', owner: { handle: 'Acme' } });
      expect(here.follower.databaseAway).toBe(false);
    },
  );
});
