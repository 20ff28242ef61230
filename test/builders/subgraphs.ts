import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SubgraphTokens } from '../../src/auth';
import { readConfig } from '../../src/config';
import { Database } from '../../src/database';
import type { Principal } from '../../src/domain/principal';
import { SigningKeys } from '../../src/keys';
import { createLogger } from '../../src/logging';
import type { SubgraphName } from '../../src/parts';
import { startSubgraph } from '../../src/subgraph-app';
import type { TestDatabase } from './databases';
import { environmentOf, MASTER_KEY, type Settings } from './server';

/** An answer of a subgraph, whole. */
export interface SubgraphAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** A subgraph that is a server of its own, and a gateway's way to speak to it. */
export interface TestSubgraph {
  /** `http://127.0.0.1:4101/graphql` */
  readonly url: string;
  /** A token made out to `audience`; by default to this subgraph. */
  token(principal: Principal, audience?: string, now?: number): Promise<string>;
  post(body: unknown, headers: Readonly<Record<string, string>>): Promise<SubgraphAnswer>;
  /** Asks as `principal`, with nothing older than the moment of asking. */
  ask(principal: Principal, query: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function openSubgraph(
  name: SubgraphName,
  { target }: Pick<TestDatabase, 'target'>,
  settings: Settings = {},
): Promise<TestSubgraph> {
  const dataDir = mkdtempSync(join(tmpdir(), 'algogate-subgraph-'));
  const config = readConfig({ ...environmentOf(target, dataDir), ...settings });
  const app = await startSubgraph(name, config, createLogger('silent'));
  const database = await Database.open(target);
  const keys = await SigningKeys.open(database, Buffer.from(MASTER_KEY, 'hex'));

  const token = async (principal: Principal, audience: string = name, now = Date.now()): Promise<string> =>
    new SubgraphTokens(keys, () => now).sign(principal, 'a-request', audience);
  const post = async (body: unknown, headers: Readonly<Record<string, string>>): Promise<SubgraphAnswer> => {
    const answer = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, json: await answer.json() };
  };
  const ask = async (principal: Principal, query: string): Promise<unknown> => {
    const authorization = `Bearer ${await token(principal)}`;
    return (await post({ query }, { authorization, 'algogate-max-staleness-ms': '0' })).json;
  };
  const stop = async (): Promise<void> => {
    await app.close();
    await database.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url: app.url, token, post, ask, stop };
}
