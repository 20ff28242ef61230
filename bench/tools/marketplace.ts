import { Child, COMMAND_FLAGS } from './child';
import { Registry } from './registry';
import { onSqlite } from './workspace';

/** One replica with `owner/cells`, its backend, and a caller that has nothing to do with the owner. */
export interface Marketplace {
  readonly replica: Child;
  readonly variables: Readonly<Record<string, string>>;
  readonly url: string;
  readonly port: number;
  readonly backendUrl: string;
  /** The key of the caller. */
  readonly secret: string;
  readonly load: Child;
}

/** The versions of `owner/cells`: 100, all public, ten of each line; `1.2` is `1.2.9`. */
const VERSIONS = Array.from({ length: 100 }, (_, at) => `1.${Math.floor(at / 10)}.${at % 10}`);

export async function openMarketplace(): Promise<Marketplace> {
  const backend = Child.start('servers/backend', 'load');
  const backendUrl = `http://127.0.0.1:${await backend.ask<number>('start')}/run`;
  const variables = onSqlite();
  const replica = Child.start('servers/replica', 'server', COMMAND_FLAGS);
  const url = await replica.ask<string>('start', variables);
  const registry = new Registry(url);
  await registry.user('owner');
  await registry.user('caller');
  await registry.algorithm('owner', 'cells');
  for (const [at, version] of VERSIONS.entries()) {
    await registry.build('owner/cells', version, backendUrl);
    await registry.publish('owner/cells', version, at === 0);
  }
  const secret = await registry.key('caller');
  const load = Child.start('servers/load', 'load');
  return { replica, variables, url, port: Number(new URL(url).port), backendUrl, secret, load };
}
