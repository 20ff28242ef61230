import { createHash } from 'node:crypto';

import { backendUrl, type Ports } from '../../examples/backends';
import {
  DEMO_ALGORITHMS,
  DEMO_ORGANIZATIONS,
  DEMO_USERS,
  type DemoAlgorithm,
  type DemoVersion,
} from './world';
import type { DemoState } from './state';

/** Runs one operation of the graph as the operator, and gives its data. */
export type Execute = (query: string, variables: Record<string, unknown>) => Promise<Record<string, unknown>>;

interface Payload {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Fills a registry with the demo marketplace, through the graph as anyone would. Every step may be repeated, so that
 * a seeding that was cut short is simply done again.
 */
export async function seedDemo(execute: Execute, ports: Ports): Promise<DemoState['keys']> {
  const mutate = async (
    name: string,
    input: Record<string, unknown>,
    fields = '',
  ): Promise<Record<string, unknown>> => {
    const type = `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}Input!`;
    const query = `mutation Seed($input: ${type}) { ${name}(input: $input) { ${fields} userErrors { code message } } }`;
    const data = await execute(query, { input });
    const payload = data[name] as Payload & Record<string, unknown>;
    const refused = payload.userErrors.find(({ code }) => code !== 'ALREADY_EXISTS');
    if (refused !== undefined) throw new Error(`${name} of the demo was refused: ${refused.message}`);
    return payload;
  };
  for (const handle of DEMO_USERS) await mutate('createUser', { handle });
  for (const { members, ...organization } of DEMO_ORGANIZATIONS) {
    await mutate('createOrganization', organization);
    for (const user of members)
      await mutate('setMember', { organization: organization.handle, user, role: 'MEMBER' });
  }
  for (const algorithm of DEMO_ALGORITHMS) {
    const { owner, name, summary, tags } = algorithm;
    await mutate('createAlgorithm', { owner, name, summary, tags, licence: 'MIT' });
    for (const version of algorithm.versions) await publish(mutate, ports, algorithm, version);
  }
  const key = async (owner: string) =>
    String((await mutate('createApiKey', { owner, label: 'demo' }, 'secret'))['secret']);
  return { admin: await key('ada'), member: await key('mel'), outsider: await key('otto') };
}

type Mutate = (name: string, input: Record<string, unknown>) => Promise<unknown>;

async function publish(
  mutate: Mutate,
  ports: Ports,
  { owner, name, versions }: DemoAlgorithm,
  { version, ...content }: DemoVersion,
): Promise<void> {
  const algorithm = `${owner}/${name}`;
  const sha = createHash('sha1').update(`${algorithm}/${version}`).digest('hex');
  await mutate('registerBuild', {
    algorithm,
    sha,
    status: 'SUCCEEDED',
    backendUrl: backendUrl(ports, name, version),
  });
  const opensMajor = versions.find((other) => majorOf(other) === majorOf({ version }))?.version === version;
  await mutate('publishVersion', {
    algorithm,
    sha,
    version,
    ...content,
    ...(opensMajor ? { permissions: { visibility: 'PUBLIC' } } : {}),
  });
}

function majorOf({ version }: { readonly version: string }): string {
  return version.slice(0, version.indexOf('.'));
}
