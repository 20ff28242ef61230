import type { Agent } from 'node:http';

import { Client, valueAt } from '../builders/client';
import { OPERATOR_KEY } from '../builders/server';
import { shaOf } from '../builders/world';

/** What the provider has, `acme/NAME`, and in which versions. `backend.ts` says how they answer. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  echo: ['1.0.0', '1.0.1', '1.1.0', '2.0.0'],
  faulty: ['1.0.0'],
  breaking: ['1.0.0'],
  large: ['1.0.0'],
  slow: ['1.0.0'],
};
export const ALGORITHM_REFS = Object.keys(ALGORITHMS).map((name) => `acme/${name}`);

const PRIVATE = shaOf('a version that only its owner may call');
const UNPUBLISHED = shaOf('a commit that no version names');

/** Who calls, each by a key of its own: a user, an organisation, and the provider itself, an organisation too. */
export const CALLERS = ['ada', 'shop', 'acme'] as const;
export type Caller = (typeof CALLERS)[number];

/** One kind of call that the soak makes. */
export interface CallKind {
  readonly caller: Caller;
  /** Behind `/v1/algo/`. */
  readonly path: string;
}

const OF_ALL = [
  ...['echo', 'echo/1', 'echo/1.0', 'echo/1.0.0', 'echo/2.0.0', 'echo/stable', 'echo/%5E1.0'],
  ...['faulty', 'faulty/1?output=raw', 'breaking', 'large?output=raw', 'slow'],
  ...['slow?output=void', 'slow/1.0.0?output=void'],
];
const OF_PROVIDER = ['echo/latestPrivate', `echo/${UNPUBLISHED}`];

/** By every kind of selector, caller and end. */
export const CALL_KINDS: readonly CallKind[] = CALLERS.flatMap((caller) =>
  [...OF_ALL, ...(caller === 'acme' ? OF_PROVIDER : [])].map((path) => ({ caller, path: `acme/${path}` })),
);

export type Secrets = Readonly<Record<Caller, string>>;

/** Makes the provider with its algorithms, and those who call them; gives the secrets of their keys. */
export async function openMarketplace(url: string, backendUrl: string, agent: Agent): Promise<Secrets> {
  const operator = new Client(url, agent, OPERATOR_KEY);
  await operator.mutate('createUser', { handle: 'ada' });
  for (const handle of ['shop', 'acme']) {
    await operator.mutate('createUser', { handle: `${handle}-admin` });
    await operator.mutate('createOrganization', { handle, admin: `${handle}-admin` });
  }
  for (const [name, versions] of Object.entries(ALGORITHMS)) {
    await operator.mutate('createAlgorithm', { owner: 'acme', name });
    const address = `${backendUrl}/${name}`;
    for (const version of versions) {
      const sha = shaOf(`${name} ${version}`);
      await registerBuild(operator, name, sha, address);
      const opening = version.endsWith('.0.0') ? { permissions: { visibility: 'PUBLIC' } } : {};
      await operator.mutate('publishVersion', { algorithm: `acme/${name}`, version, sha, ...opening });
    }
  }
  for (const sha of [PRIVATE, UNPUBLISHED]) await registerBuild(operator, 'echo', sha, `${backendUrl}/echo`);
  const held = { algorithm: 'acme/echo', version: '2.1.0', sha: PRIVATE, visibility: 'PRIVATE' };
  await operator.mutate('publishVersion', held);
  const secretOf = async (owner: Caller): Promise<string> =>
    String(valueAt(await operator.mutate('createApiKey', { owner, scopes: [] }, 'secret'), 'secret'));
  return { ada: await secretOf('ada'), shop: await secretOf('shop'), acme: await secretOf('acme') };
}

async function registerBuild(operator: Client, name: string, sha: string, backendUrl: string): Promise<void> {
  const input = { algorithm: `acme/${name}`, sha, status: 'SUCCEEDED', backendUrl };
  await operator.mutate('registerBuild', input);
}
