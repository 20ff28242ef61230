import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildSchema } from 'graphql';

import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { SDL } from '../builders/releases';
import { shaOf, type World } from '../builders/world';
import { issuersFile } from '../oidc/support/issuers-file';

/** Chapter 7, "How it is tested", 5: every mutation leaves exactly one entry, or none where nothing changed. */

const SCHEMA = buildSchema(readFileSync(join(__dirname, '../../schema/api.graphql'), 'utf8'));
const MUTATIONS = Object.keys(SCHEMA.getMutationType()?.getFields() ?? {}).sort();

/** It is never asked: no token of it comes. */
const ISSUER = 'https://ci.example';
const SETTINGS = {
  ALGOGATE_ISSUERS: issuersFile({
    issuers: [{ url: ISSUER, signIn: { audience: 'people' }, publishing: { audience: 'pipelines' } }],
  }),
};

/** How a mutation is made, and what happens when it is made again. */
interface Row {
  /** Prepares what it needs, in a registry in which `acme/NAME` is an algorithm of its own; gives its input. */
  readonly input: (world: World, algorithm: string, clients: Clients) => Promise<object> | object;
  /** Who makes it; the operator where nothing is said. */
  readonly by?: keyof Clients;
  /** `same`: nothing changes, and no entry; `more`: another entry; else the code by which it is refused, with none. */
  readonly again: string;
}

interface Clients {
  readonly ann: Client;
  readonly bob: Client;
}

const published = async (world: World, algorithm: string, version = '1.0.0', more: object = {}) =>
  (await world.publish(algorithm, version, { interface: SDL.detect, ...more })).ref;
const privately = { permissions: {}, visibility: 'PRIVATE' } as const;
const revision = (algorithm: string, of = '1') => ({
  ...{ algorithm, name: 'weights', revision: of },
  ...{ uri: `https://models.test/${of}`, sha256: 'a'.repeat(64) },
});
const policies = (world: World, algorithm: string, of: object) =>
  world.operator.mutate('updateAlgorithm', { algorithm, policies: of });
/** A release that waits for a second person. */
const waiting = async (world: World, algorithm: string, { ann }: Clients) => {
  await policies(world, algorithm, { protectStable: 'EVERY' });
  const { ref } = await world.publish(algorithm, '1.0.0', { by: ann });
  return ref;
};

const publisherOf = (algorithm: string) => ({
  ...{ algorithm, issuer: ISSUER, repository: 'acme/labs', workflow: 'release.yml' },
});

const aPublicKey = (): string =>
  String(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));

const ROWS: Readonly<Record<string, Row>> = {
  createUser: { input: () => ({ handle: 'newcomer' }), again: 'ALREADY_EXISTS' },
  createOrganization: { input: () => ({ handle: 'neworg', admin: 'ann' }), again: 'ALREADY_EXISTS' },
  setMember: { input: () => ({ organization: 'acme', user: 'mia', role: 'MEMBER' }), again: 'same' },
  removeMember: {
    input: async (world) => {
      await world.operator.mutate('setMember', { organization: 'acme', user: 'max', role: 'MEMBER' });
      return { organization: 'acme', user: 'max' };
    },
    again: 'NOT_FOUND',
  },
  createApiKey: { input: () => ({ owner: 'acme', label: 'ci' }), again: 'more' },
  revokeApiKey: {
    input: async (world) => {
      const made = await world.operator.mutate('createApiKey', { owner: 'acme' }, 'apiKey { id }');
      return { id: valueAt(made, 'apiKey.id') };
    },
    again: 'same',
  },
  suspendUser: { input: () => ({ user: 'sue', reason: 'a test' }), again: 'same' },
  createAlgorithm: { input: () => ({ owner: 'acme', name: 'created' }), again: 'ALREADY_EXISTS' },
  updateAlgorithm: { input: (_, algorithm) => ({ algorithm, summary: 'new' }), again: 'same' },
  registerBuild: {
    input: (world, algorithm) => ({
      ...{ algorithm, sha: shaOf('one entry'), status: 'SUCCEEDED' },
      backendUrl: `${world.backend.url}/one`,
    }),
    again: 'same',
  },
  publishVersion: {
    input: async (world, algorithm) => ({
      ...{ algorithm, version: '1.0.0', sha: await world.build(algorithm) },
      permissions: { visibility: 'PUBLIC' },
    }),
    again: 'same',
  },
  promoteVersion: {
    input: async (world, algorithm) => {
      await published(world, algorithm);
      return { version: await published(world, algorithm, '1.1.0', { visibility: 'PRIVATE' }) };
    },
    again: 'same',
  },
  approveVersion: {
    input: async (world, algorithm, clients) => ({ version: await waiting(world, algorithm, clients) }),
    by: 'bob',
    again: 'same',
  },
  rejectVersion: {
    input: async (world, algorithm, clients) => ({
      version: await waiting(world, algorithm, clients),
      reason: 'a test',
    }),
    by: 'bob',
    again: 'same',
  },
  takeDownVersion: {
    input: async (world, algorithm) => ({ version: await published(world, algorithm), reason: 'a test' }),
    again: 'same',
  },
  deprecate: {
    input: async (world, algorithm) => {
      await published(world, algorithm);
      return { algorithm, range: '1', message: 'old' };
    },
    again: 'same',
  },
  yankVersion: {
    input: async (world, algorithm) => ({ version: await published(world, algorithm), reason: 'a test' }),
    again: 'same',
  },
  unyankVersion: {
    input: async (world, algorithm) => {
      const version = await published(world, algorithm);
      await world.yank(version);
      return { version };
    },
    again: 'same',
  },
  moveChannel: {
    input: async (world, algorithm) => {
      await published(world, algorithm);
      return { algorithm, channel: 'canary', to: '1.0.0', expected: null };
    },
    again: 'CHANNEL_MOVED',
  },
  rollbackChannel: {
    input: async (world, algorithm) => {
      await published(world, algorithm);
      const move = { algorithm, channel: 'canary', to: '1.0.0', expected: null };
      await world.operator.mutate('moveChannel', move);
      return { algorithm, channel: 'canary' };
    },
    again: 'same',
  },
  addArtifactRevision: { input: (_, algorithm) => revision(algorithm), again: 'same' },
  moveArtifact: {
    input: async (world, algorithm) => {
      await published(world, algorithm);
      await world.operator.mutate('addArtifactRevision', revision(algorithm));
      return { major: `${algorithm}/1`, name: 'weights', to: '1', expected: null };
    },
    again: 'CHANNEL_MOVED',
  },
  rollbackArtifact: {
    input: async (world, algorithm) => {
      await published(world, algorithm);
      await world.operator.mutate('addArtifactRevision', revision(algorithm));
      const major = `${algorithm}/1`;
      await world.operator.mutate('moveArtifact', { major, name: 'weights', to: '1', expected: null });
      return { major, name: 'weights' };
    },
    again: 'same',
  },
  submitGateReport: {
    input: async (world, algorithm) => {
      await policies(world, algorithm, { gates: [{ channel: 'stable', gates: ['recall >= 0.9'] }] });
      return { version: await published(world, algorithm), gates: [{ name: 'recall', value: 0.95 }] };
    },
    again: 'more',
  },
  setMajorPermissions: {
    input: (_, algorithm) => ({ major: `${algorithm}/1`, visibility: 'PUBLIC' }),
    again: 'same',
  },
  grantMajorAccess: {
    input: async (world, algorithm) => {
      await published(world, algorithm, '1.0.0', privately);
      return { major: `${algorithm}/1`, grantee: 'otto', level: 'CALL' };
    },
    again: 'same',
  },
  revokeMajorAccess: {
    input: async (world, algorithm) => {
      await published(world, algorithm, '1.0.0', privately);
      await world.grant(`${algorithm}/1`, 'otto');
      return { major: `${algorithm}/1`, grantee: 'otto' };
    },
    again: 'NOT_FOUND',
  },
  setConsumerLimits: {
    input: (_, algorithm) => ({ algorithm, consumer: 'otto', perDay: 5 }),
    again: 'same',
  },
  setKeyLimits: {
    input: async (world) => {
      const made = await world.operator.mutate('createApiKey', { owner: 'acme' }, 'apiKey { id }');
      return { key: valueAt(made, 'apiKey.id'), perDay: 5 };
    },
    again: 'same',
  },
  setOwnerLimits: { input: () => ({ owner: 'otto', perDay: 5 }), again: 'same' },
  linkIdentity: { input: () => ({ user: 'otto', issuer: ISSUER, subject: 'linked' }), again: 'same' },
  unlinkIdentity: {
    input: async (world) => {
      const identity = { user: 'otto', issuer: ISSUER, subject: 'unlinked' };
      await world.operator.mutate('linkIdentity', identity);
      return identity;
    },
    again: 'NOT_FOUND',
  },
  registerSigningKey: { input: () => ({ owner: 'acme', publicKey: aPublicKey() }), again: 'same' },
  revokeSigningKey: {
    input: async (world) => {
      const key = { owner: 'acme', publicKey: aPublicKey() };
      const made = await world.operator.mutate('registerSigningKey', key, 'signingKey { keyId }');
      return { owner: 'acme', keyId: valueAt(made, 'signingKey.keyId') };
    },
    again: 'same',
  },
  reportVulnerabilities: {
    input: async (world, algorithm) => ({
      ...{ version: await published(world, algorithm), scanner: 'a scanner', records: '[]' },
      scannedAt: new Date(),
    }),
    again: 'more',
  },
  addTrustedPublisher: { input: (_, algorithm) => publisherOf(algorithm), again: 'same' },
  removeTrustedPublisher: {
    input: async (world, algorithm) => {
      const input = publisherOf(algorithm);
      const added = await world.operator.mutate('addTrustedPublisher', input, 'trustedPublisher { id }');
      return { algorithm, id: valueAt(added, 'trustedPublisher.id') };
    },
    again: 'NOT_FOUND',
  },
};

test('every mutation of the graph has its row here', () => {
  expect(Object.keys(ROWS).sort()).toEqual(MUTATIONS);
});

describeOnEachServer(
  'a mutation leaves one entry',
  (world) => {
    const clients = {} as { -readonly [K in keyof Clients]: Client };

    beforeAll(async () => {
      for (const handle of ['ann', 'bob', 'mia', 'max', 'sue', 'otto']) await world().user(handle);
      await world().organization('acme', { admin: 'ann', members: { bob: 'ADMIN' } });
      [clients.ann, clients.bob] = [await world().key('ann'), await world().key('bob')];
    });

    /** Of all owners. */
    async function entries(): Promise<number> {
      const [row] = await world().server.app.database.reads.query<{ count: number | string }[]>(
        'SELECT COUNT(*) AS count FROM ledger_entries',
      );
      return Number(row?.count);
    }

    /** What it was answered with, and how many entries it left. */
    async function made(mutation: string, input: object, by: Client): Promise<readonly [string, number]> {
      const before = await entries();
      const code = await by.attempt(mutation, input);
      return [code, (await entries()) - before];
    }

    test.each(MUTATIONS.filter((name) => Object.hasOwn(ROWS, name)))('%s', async (mutation) => {
      const { input: inputOf, by, again } = ROWS[mutation]!;
      const algorithm = `acme/of-${mutation.toLowerCase()}`;
      await world().algorithm(algorithm);
      const input = await inputOf(world(), algorithm, clients);
      const client = by === undefined ? world().operator : clients[by];
      expect(await made(mutation, input, client)).toEqual(['OK', 1]);
      const second = { same: ['OK', 0], more: ['OK', 1] }[again] ?? [again, 0];
      expect(await made(mutation, input, client)).toEqual(second);
    });
  },
  SETTINGS,
);
