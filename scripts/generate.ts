import 'reflect-metadata';

import { mkdirSync, writeFileSync } from 'node:fs';

import { printSchema } from 'graphql';

import { ERROR_TABLE } from '../src/domain/errors';
import { compose, publicSchema } from '../src/gateway';
import { ownSubgraphs } from '../src/own-subgraphs';

/** Writes what is generated and committed: the SDL of the graph, and the table of errors. CI fails on a diff. */
async function generate(): Promise<void> {
  const subgraphs = await ownSubgraphs();
  mkdirSync('schema', { recursive: true });
  for (const { name, sdl } of subgraphs) write(`schema/${name}.graphql`, sdl);
  const supergraph = compose(subgraphs);
  write('schema/supergraph.graphql', supergraph);
  write('schema/api.graphql', printSchema(publicSchema(supergraph)));
  write('docs/errors.md', errorDocs());
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
