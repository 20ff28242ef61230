import { arch, cpus } from 'node:os';

import { asOf } from './chapters/as-of';
import { calls } from './chapters/calls';
import { graphql } from './chapters/graphql';
import { join } from './chapters/join';
import { memory } from './chapters/memory';
import { publishing } from './chapters/publishing';
import { million, resolution } from './chapters/resolution';
import { resolve } from './chapters/resolve';
import { usage as usageChapter } from './chapters/usage';
import { endAll, killAll, PINNED } from './tools/child';
import { markdown, type Section } from './tools/report';
import { cleanUp } from './tools/workspace';

/** A chapter of the benchmarks; `byDefault` where it is run when none is named. */
interface Chapter {
  readonly run: () => Promise<Section>;
  readonly summary: string;
  readonly byDefault: boolean;
}

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  calls: { run: calls, summary: 'the call path against a bare proxy', byDefault: true },
  resolve: { run: resolve, summary: 'GET /v1/resolve against a bare server', byDefault: true },
  graphql: { run: graphql, summary: 'GraphQL against a plain Apollo Server', byDefault: true },
  resolution: { run: resolution, summary: 'what a resolution costs in the process', byDefault: true },
  'as-of': { run: asOf, summary: 'resolution as of a past moment', byDefault: true },
  memory: { run: memory, summary: 'what a million versions take', byDefault: true },
  publishing: { run: publishing, summary: 'publications a second, on each database', byDefault: true },
  join: { run: join, summary: 'a query over three subgraphs against @apollo/gateway', byDefault: false },
  usage: { run: usageChapter, summary: 'dashboards on 100 million calls, and counting', byDefault: false },
  million: { run: million, summary: 'resolution on a registry of a million algorithms', byDefault: false },
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(CHAPTERS, name));
  if (unknown.length > 0) {
    process.stderr.write(usage());
    process.exitCode = 2;
    return;
  }
  const chosen = Object.entries(CHAPTERS).filter(([name, { byDefault }]) =>
    names.length === 0 ? byDefault : names.includes(name),
  );
  console.log(`${machine()}\n`);
  for (const [name, { run }] of chosen) {
    const began = performance.now();
    try {
      console.log(markdown(await run()));
    } finally {
      await endAll();
      await cleanUp();
    }
    process.stderr.write(`${name}: ${Math.round((performance.now() - began) / 1000)} s\n`);
  }
}

function usage(): string {
  const lines = Object.entries(CHAPTERS).map(
    ([name, { summary, byDefault }]) =>
      `  ${name.padEnd(12)} ${summary}${byDefault ? '' : ' (only when named)'}`,
  );
  return `usage: npm run bench [-- CHAPTER...]\n\n${lines.join('\n')}\n`;
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const bound = PINNED ? 'servers and load bound to a core each' : 'processes not bound to cores';
  return `Node ${process.version}, ${arch()}, ${cpus().length} cores (${model}), ${bound}.`;
}

process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void endAll()
      .then(cleanUp)
      .finally(() => process.exit(1));
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
