import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join as path } from 'node:path';

import { Child } from '../tools/child';
import { bottleneckNote, compare, cpuRow, throughputRow } from '../tools/compare';
import type { Section } from '../tools/report';
import { requestText } from '../tools/request';
import { JOIN } from '../tools/shop';
import { temporaryFolder } from '../tools/workspace';

const PACKAGE = '@apollo/gateway@2.14.4';
const HEADERS = { 'Content-Type': 'application/json' };

/** A query over three subgraphs at our gateway against the JavaScript gateway of Apollo. Source: chapter 5, "Speed". */
export async function join(): Promise<Section> {
  const folder = installed();
  const [ours, theirs] = [Child.start('servers/join', 'server'), Child.start('servers/join', 'server')];
  const ports = [await ours.ask<number>('start'), await theirs.ask<number>('start', folder)] as const;
  const load = Child.start('servers/load', 'load');
  const body = JSON.stringify({ query: JOIN });
  await assertSameAnswer(ports, body);

  const request = requestText('POST', '/graphql', HEADERS, body);
  const compared = await compare(
    load,
    { server: ours, port: ports[0], request },
    { server: theirs, port: ports[1], request },
    { rounds: 10, milliseconds: 1_200, connections: 32, rate: null },
  );
  return {
    title: 'A join of three subgraphs',
    rows: [
      throughputRow('queries a second that join three subgraphs', compared, 2),
      cpuRow('processor time of a query', compared),
    ],
    notes: [
      `\`${JOIN}\`: 20 products, 60 reviews, 15 users, from three subgraphs in the process that answer from memory, behind the same Apollo Server 5 and Fastify, against \`${PACKAGE}\` on the same subgraphs; 32 connections. That package is installed into a temporary folder for the run: its licence keeps it out of the project.`,
      bottleneckNote(compared),
    ],
  };
}

/** A folder with the package; of `graphql` it uses ours, since a schema is of the module that made it. */
function installed(): string {
  const folder = temporaryFolder();
  writeFileSync(path(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', PACKAGE], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const theirs = path(folder, 'node_modules', 'graphql');
  rmSync(theirs, { recursive: true, force: true });
  symlinkSync(dirname(require.resolve('graphql/package.json')), theirs);
  return folder;
}

async function assertSameAnswer(ports: readonly number[], body: string): Promise<void> {
  const answers = await Promise.all(
    ports.map(async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: HEADERS,
        body,
      });
      return response.text();
    }),
  );
  if (answers[0]?.includes('"data"') !== true || answers[0] !== answers[1]) {
    throw new Error(
      `the two sides answer differently: ${answers.map((text) => text.slice(0, 300)).join(' and ')}`,
    );
  }
}
