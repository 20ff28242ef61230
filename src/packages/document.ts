import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

import type { Tx } from '../database';
import { formatPosition } from '../domain/position';
import type { Audience } from './audience';
import { entryOf, type Form, type Telling } from './entry';
import type { AlgorithmFacts, VersionLine } from './facts';
import { readLines, readOpenMajors, readPointers, readStatements } from './store';

/** Entries of the chains of an owner; zero for none. */
export interface Sequences {
  readonly public: number;
  readonly private: number;
}

/** A document as it is sent. */
export interface Serialized {
  readonly body: Buffer;
  /** Strong, of the body. */
  readonly etag: string;
}

/** What the document of an algorithm is made for. */
export interface Request {
  readonly algorithmId: number;
  readonly audience: Audience;
  readonly form: Form;
}

/** Versions that are read, and written as JSON, before anyone else has a turn. */
const PAGE = 250;
/** Where the changelogs are longer together, those of the lowest versions are left out. In characters. */
const MAX_CHANGELOGS = 16 * 1024 * 1024;

/**
 * Reads and writes a document: all of it from one snapshot, in turns.
 * @param tx a snapshot
 * @param about the last entries of the chains that are about the algorithm
 */
export async function serialize(
  tx: Tx,
  { algorithmId, audience, form }: Request,
  facts: AlgorithmFacts,
  about: Sequences,
): Promise<Serialized> {
  const telling: Telling = {
    form,
    audience,
    statements: await readStatements(tx, algorithmId),
    openMajors: await readOpenMajors(tx, algorithmId),
  };
  const computed = new Computed();
  const versions: Buffer[] = [];
  for await (const lines of pagesOf(tx, algorithmId, telling)) {
    for (const line of lines) computed.see(line);
    const json = lines.map((line) => JSON.stringify(entryOf(line, telling))).join();
    versions.push(Buffer.from(versions.length === 0 ? json : `,${json}`));
  }
  const head = {
    ...descriptionOf(facts, form),
    position: positionOf(facts, audience, about),
    latest: computed.latest,
    channels: { ...computed.channels, ...Object.fromEntries(await readPointers(tx, algorithmId)) },
  };
  const opening = `${JSON.stringify(head).slice(0, -1)},"versions":[`;
  return sealed(Buffer.concat([Buffer.from(opening), ...versions, Buffer.from(']}')]));
}

/** The versions that an audience sees, highest first, some at a time; whoever else waits has its turn between them. */
async function* pagesOf(
  tx: Tx,
  algorithmId: number,
  { form, audience }: Telling,
): AsyncGenerator<readonly VersionLine[]> {
  let below: string | null = null;
  let changelogs = 0;
  for (;;) {
    const withNotes = form === 'full' && changelogs <= MAX_CHANGELOGS;
    const lines: VersionLine[] = await readLines(tx, algorithmId, audience, {
      below,
      limit: PAGE,
      withNotes,
    });
    const last = lines.at(-1);
    if (last === undefined) return;
    yield lines;
    if (lines.length < PAGE) return;
    for (const { releaseNotes } of lines) changelogs += releaseNotes?.length ?? 0;
    below = last.key;
    await turn();
  }
}

/** What is computed from the public versions, seen from the highest down. See `PublicCatalog`. */
class Computed {
  latest: string | null = null;
  private edge: string | null = null;
  private stable: string | null = null;

  see({ version, visibility, state, yankedAt, prerelease, stable }: VersionLine): void {
    if (visibility !== 'PUBLIC' || state !== 'PUBLISHED' || yankedAt !== null) return;
    this.edge ??= version;
    if (prerelease) return;
    this.latest ??= version;
    if (stable) this.stable ??= version;
  }

  get channels(): Readonly<Record<string, string | null>> {
    return { stable: this.stable, edge: this.edge };
  }
}

function descriptionOf(facts: AlgorithmFacts, form: Form): object {
  const { owner, name, summary, description, tags, licence, repository } = facts;
  const algorithm = `${owner}/${name}`;
  if (form === 'abbreviated') return { algorithm };
  return { algorithm, owner, name, summary, description, tags, licence, repository };
}

/** The last entry about this algorithm: what its owner does elsewhere makes no new document of it. */
function positionOf({ owner }: AlgorithmFacts, audience: Audience, about: Sequences): string {
  const hidden = audience.kind === 'everyone' ? null : about.private;
  return formatPosition({ handle: owner, public: about.public, private: hidden });
}

function sealed(body: Buffer): Serialized {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
}
