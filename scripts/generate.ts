import 'reflect-metadata';

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { printSchema } from 'graphql';

import { BackendAddressGuard } from '../src/calls';
import { Database } from '../src/database';
import { ERROR_TABLE } from '../src/domain/errors';
import { compose, publicSchema } from '../src/gateway';
import { Follower, Ledger } from '../src/ledger';
import { buildSubgraph, SUBGRAPH_NAMES } from '../src/parts';
import { PastResolution, ResolutionIndex } from '../src/resolution';
import { UsageService } from '../src/subgraphs/usage';

/** Writes what is generated and committed: the SDL of the graph, and the table of errors. CI fails on a diff. */
async function generate(): Promise<void> {
  const subgraphs = await buildSubgraphs();
  mkdirSync('schema', { recursive: true });
  for (const { name, sdl } of subgraphs) write(`schema/${name}.graphql`, sdl);
  const supergraph = compose(subgraphs);
  write('schema/supergraph.graphql', supergraph);
  write('schema/api.graphql', printSchema(publicSchema(supergraph)));
  write('docs/errors.md', errorDocs());
}

/** The subgraphs as the program builds them, on a database that is never asked. */
async function buildSubgraphs() {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-generate-'));
  const database = await Database.open({ dialect: 'sqlite', path: join(folder, 'empty.db') });
  try {
    const ledger = new Ledger(database);
    const follower = new Follower(database, ledger, { maxStalenessMs: 0 });
    const index = new ResolutionIndex(database, follower, { maxEntries: 1 });
    const past = new PastResolution(database, index, { maxEvents: 1, maxEntries: 1 });
    const usage = new UsageService({
      database,
      ledger,
      index,
      standings: { standsOf: () => Promise.resolve([]), standsAt: () => Promise.resolve([]) },
      pseudonyms: () => '',
      now: Date.now,
      callRetentionMs: 0,
    });
    const parts = { asked: database, ledger, index, past, addresses: new BackendAddressGuard([]) };
    return SUBGRAPH_NAMES.map((name) => buildSubgraph(name, parts, () => usage));
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

function errorDocs(): string {
  const rows = Object.entries(ERROR_TABLE).map(
    ([code, [status, meaning]]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return [
    '# Errors',
    '',
    'Every error that algogate tells the outside: over HTTP as `{"error": {"message", "code"}}` with the status,',
    'in GraphQL as `errors[].extensions.code`, and in the `userErrors` of mutations. Generated from',
    '`src/domain/errors.ts` by `npm run generate`.',
    '',
    '| code | HTTP | when |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function write(path: string, text: string): void {
  writeFileSync(path, `${text.trimEnd()}\n`);
}

generate().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
