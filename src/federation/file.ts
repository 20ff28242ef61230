import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { parse, YAMLError } from 'yaml';
import { z } from 'zod';

import { whyNotPropagated } from './header-names';

/** A subgraph that is reached over HTTP, as an operator writes it down. */
export interface RemoteSubgraph {
  readonly name: string;
  readonly url: string;
  /** Headers of the caller that are sent on to it, in small letters. */
  readonly propagateHeaders: readonly string[];
  /** Milliseconds that a request to it may take, with its retries. */
  readonly timeoutMs: number;
  /** How often a query is sent again that failed for a reason that may pass. */
  readonly retries: number;
  /** The file that has its SDL, where it is not asked for it. */
  readonly schema: string | null;
}

/** What `ALGOGATE_SUBGRAPHS` names. Source: chapter 5, "Operators add subgraphs". */
export interface SubgraphsFile {
  /** Milliseconds between two looks at what the subgraphs say of themselves. */
  readonly pollMs: number;
  readonly subgraphs: readonly RemoteSubgraph[];
  /** The file of a supergraph that was composed elsewhere; then there are no `subgraphs`. */
  readonly supergraph: string | null;
}

/** The file cannot be read, or is not what it must be. */
export class SubgraphsFileError extends Error {
  override readonly name = 'SubgraphsFileError';

  /** @param problems one line each */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export const DEFAULT_TIMEOUT_MS = 5000;
export const DEFAULT_RETRIES = 1;
const MAX_TIMEOUT_MS = 60_000;
const MAX_RETRIES = 5;
const MAX_SUBGRAPHS = 100;

/** A name that is no other's in another case: both are one value of `join__Graph`. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;

const subgraph = z.strictObject({
  name: z.string().regex(NAME, 'is not a small letter, then small letters, digits and _, 63 at the most'),
  url: z.string().superRefine((url, context) => {
    const problem = whyNoUrl(url);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  }),
  propagateHeaders: z
    .array(
      z
        .string()
        .toLowerCase()
        .superRefine((name, context) => {
          const problem = whyNotPropagated(name);
          if (problem !== null) context.addIssue({ code: 'custom', message: `"${name}" ${problem}` });
        }),
    )
    .default([]),
  timeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS),
  retries: z.int().min(0).max(MAX_RETRIES).default(DEFAULT_RETRIES),
  schema: z.string().min(1).optional(),
});

const file = z
  .strictObject({
    pollSeconds: z.number().min(1).max(86_400).default(10),
    subgraphs: z.array(subgraph).max(MAX_SUBGRAPHS).optional(),
    supergraph: z.string().min(1).optional(),
  })
  .superRefine(({ subgraphs, supergraph }, context) => {
    if ((subgraphs === undefined) === (supergraph === undefined)) {
      context.addIssue({ code: 'custom', message: 'it has one of subgraphs and supergraph, and not both' });
    }
    const names = (subgraphs ?? []).map(({ name }) => name);
    for (const name of new Set(names.filter((each, at) => names.indexOf(each) < at))) {
      context.addIssue({ code: 'custom', message: `two subgraphs are named "${name}"` });
    }
  });

/**
 * Reads the file. Paths in it are relative to it.
 * @throws SubgraphsFileError with all that is wrong with it
 */
export async function readSubgraphsFile(path: string): Promise<SubgraphsFile> {
  const parsed = file.safeParse(await readYaml(path));
  if (!parsed.success) {
    throw new SubgraphsFileError(
      parsed.error.issues.map(
        ({ path: at, message }) => `${at.length === 0 ? '' : `${at.join('.')}: `}${message}`,
      ),
    );
  }
  const { pollSeconds, subgraphs = [], supergraph } = parsed.data;
  const beside = (named: string | undefined): string | null =>
    named === undefined ? null : resolve(dirname(path), named);
  return {
    pollMs: pollSeconds * 1000,
    subgraphs: subgraphs.map((each) => ({ ...each, schema: beside(each.schema) })),
    supergraph: beside(supergraph),
  };
}

/** Why this is not where a subgraph can be; null where it may be. */
export function whyNoUrl(url: string): string | null {
  const parsed = /^https?:\/\//.test(url) && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) return 'is no URL of http or https';
  return parsed.username === '' && parsed.password === '' ? null : 'carries a credential';
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof YAMLError)
      throw new SubgraphsFileError([`is no YAML: ${error.message.split('\n', 1)[0]}`]);
    throw new SubgraphsFileError([
      `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
    ]);
  }
}
