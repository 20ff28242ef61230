import { setTimeout as pause } from 'node:timers/promises';

import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import type { TestServer } from '../builders/server';

/**
 * Chapter 9, "Growing": what one replica writes, it serves at once, and every other within one second. Everything is
 * asked of both before, of the writer at once, and of the other one, which writes nothing itself, a second later.
 */
const PROMISED_MS = 1000;

/** Something that changes: how it is seen, as what before and after, and the mutation. */
interface Row {
  readonly ask: (who: Who) => Promise<unknown>;
  readonly before: unknown;
  readonly after: unknown;
  readonly mutation: string;
  readonly input: (who: Who) => object;
}

type Who = Readonly<Record<string, Client>>;

const version = async (client: Client, reference: string): Promise<unknown> => {
  const { status, json } = await client.resolve(reference);
  return status === 200 ? valueAt(json, 'version') : valueAt(json, 'error.code');
};
const call = async (client: Client, reference: string): Promise<unknown> => {
  const { json } = await client.call(reference, 1);
  return valueAt(json, 'metadata.version') ?? valueAt(json, 'error.code');
};

const ROWS: Readonly<Record<string, Row>> = {
  'a publication': {
    ask: ({ nobody }) => version(nobody!, 'acme/published/1'),
    before: '1.0.0',
    after: '1.1.0',
    mutation: 'publishVersion',
    input: () => ({ algorithm: 'acme/published', version: '1.1.0' }),
  },
  'a first publication, of what was asked for in vain': {
    ask: ({ otto }) => call(otto!, 'acme/first'),
    before: 'NOT_FOUND',
    after: '1.0.0',
    mutation: 'publishVersion',
    input: () => ({ algorithm: 'acme/first', version: '1.0.0', permissions: { visibility: 'PUBLIC' } }),
  },
  'a new algorithm': {
    ask: async ({ ann }) => (await ann!.graphql('{ algorithm(ref: "acme/new") { ref } }')).at('algorithm'),
    before: null,
    after: { ref: 'acme/new' },
    mutation: 'createAlgorithm',
    input: () => ({ owner: 'acme', name: 'new' }),
  },
  'a yank': {
    ask: ({ nobody }) => version(nobody!, 'acme/yanked'),
    before: '1.1.0',
    after: '1.0.0',
    mutation: 'yankVersion',
    input: () => ({ version: 'acme/yanked/1.1.0', reason: 'a test' }),
  },
  'a promotion': {
    ask: ({ nobody }) => version(nobody!, 'acme/promoted'),
    before: '1.0.0',
    after: '1.1.0',
    mutation: 'promoteVersion',
    input: () => ({ version: 'acme/promoted/1.1.0' }),
  },
  'permissions widened': {
    ask: ({ otto }) => call(otto!, 'acme/widened'),
    before: 'FORBIDDEN',
    after: '1.0.0',
    mutation: 'setMajorPermissions',
    input: () => ({ major: 'acme/widened/1', callers: 'EVERYONE' }),
  },
  'a grant': {
    ask: ({ otto }) => call(otto!, 'acme/granted'),
    before: 'FORBIDDEN',
    after: '1.0.0',
    mutation: 'grantMajorAccess',
    input: () => ({ major: 'acme/granted/1', grantee: 'otto', level: 'CALL' }),
  },
  'a grant revoked': {
    ask: ({ gus }) => call(gus!, 'acme/granted'),
    before: '1.0.0',
    after: 'FORBIDDEN',
    mutation: 'revokeMajorAccess',
    input: () => ({ major: 'acme/granted/1', grantee: 'gus' }),
  },
  'a key revoked': {
    ask: ({ revoked }) => call(revoked!, 'acme/yanked/1.0.0'),
    before: '1.0.0',
    after: 'UNAUTHENTICATED',
    mutation: 'revokeApiKey',
    input: ({ revoked }) => ({ id: prefixOf(revoked!) }),
  },
  'a member removed': {
    ask: ({ mia }) => version(mia!, 'acme/secret/1.0.0'),
    before: '1.0.0',
    after: 'NOT_FOUND',
    mutation: 'removeMember',
    input: () => ({ organization: 'acme', user: 'mia' }),
  },
  'a member made': {
    ask: ({ otto }) => version(otto!, 'acme/secret/latestPrivate'),
    before: 'NOT_FOUND',
    after: '1.0.0',
    mutation: 'setMember',
    input: () => ({ organization: 'acme', user: 'otto', role: 'MEMBER' }),
  },
  'a maintainer demoted': {
    ask: async ({ max }) =>
      (await max!.graphql('{ algorithm(ref: "acme/secret") { viewerCanPublish } }')).at(
        'algorithm.viewerCanPublish',
      ),
    before: true,
    after: false,
    mutation: 'setMember',
    input: () => ({ organization: 'acme', user: 'max', role: 'MEMBER' }),
  },
  'a user suspended': {
    ask: ({ sue }) => call(sue!, 'acme/yanked/1.0.0'),
    before: '1.0.0',
    after: 'UNAUTHENTICATED',
    mutation: 'suspendUser',
    input: () => ({ user: 'sue', reason: 'a test' }),
  },
};

interface Seen {
  readonly beforeHere: unknown;
  readonly beforeThere: unknown;
  readonly atOnce: unknown;
  readonly withinASecond: unknown;
}

describeOnEachServer('freshness of two replicas', (world) => {
  const seen = new Map<string, Seen>();
  let clients: Who;
  let replicas: readonly TestServer[];

  const at = (replica: TestServer): Who =>
    Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, client.at(replica)]));

  beforeAll(async () => {
    const users = ['ann', 'max', 'mia', 'gus', 'otto', 'sue'];
    const made = await Promise.all(users.map(async (name) => [name, await world().user(name)] as const));
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
    clients = { ...Object.fromEntries(made), nobody: world().anonymous, revoked: await world().key('gus') };
    const names = ['published', 'first', 'yanked', 'promoted', 'widened', 'granted', 'secret'];
    for (const name of names) await world().algorithm(`acme/${name}`);
    for (const name of ['published', 'yanked', 'promoted']) await world().publish(`acme/${name}`, '1.0.0');
    await world().publish('acme/yanked', '1.1.0');
    await world().publish('acme/promoted', '1.1.0', { visibility: 'PRIVATE' });
    const permissions = { visibility: 'PUBLIC', callers: 'GRANTED' };
    for (const name of ['widened', 'granted'])
      await world().publish(`acme/${name}`, '1.0.0', { permissions });
    await world().publish('acme/secret', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    await world().grant('acme/granted/1', 'gus');
    for (const name of ['published', 'first']) await world().build(`acme/${name}`);
    const [here, there] = [world().server, await world().replica()];
    replicas = [here, there];

    const early = new Map<string, Omit<Seen, 'withinASecond'>>();
    for (const [title, { ask }] of Object.entries(ROWS)) {
      early.set(title, { beforeHere: await ask(at(here)), beforeThere: await ask(at(there)), atOnce: null });
    }
    for (const [title, { ask, mutation, input }] of Object.entries(ROWS)) {
      await world().operator.at(here).mutate(mutation, input(clients));
      early.set(title, { ...early.get(title)!, atOnce: await ask(at(here)) });
    }
    await pause(PROMISED_MS);
    for (const [title, { ask }] of Object.entries(ROWS)) {
      seen.set(title, { ...early.get(title)!, withinASecond: await ask(at(there)) });
    }
  });

  test.each(Object.entries(ROWS))('%s', (title, { before, after }) => {
    const expected = { beforeHere: before, beforeThere: before, atOnce: after, withinASecond: after };
    expect(seen.get(title)).toEqual(expected);
  });

  test('a key is over at its time, at both', async () => {
    const until = Date.now() + 1200;
    const key = await world().key('gus', { expiresAt: new Date(until) });
    const ask = () => Promise.all(replicas.map((replica) => call(key.at(replica), 'acme/yanked/1.0.0')));
    expect(await ask()).toEqual(['1.0.0', '1.0.0']);
    await pause(until - Date.now() + 1);
    expect(await ask()).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });
});

/** The public beginning of a key, by which it is named. */
function prefixOf({ key }: Client): string {
  return (key ?? '').slice(0, 12);
}
