import { LedgerEntryRow, LedgerHeadRow } from '../../entities';
import type { Database } from '../../src/database';
import type { VersionFacts } from '../../src/domain/facts';
import { canonicalJson, type JsonObject } from '../../src/ledger';

const ROWS_PER_INSERT = 500;

/** Whose history it is: `owner/name`. */
export interface HistoryOf {
  readonly ownerId: number;
  readonly handle: string;
  readonly name: string;
}

/**
 * Writes the ledger that the publication of these versions would have left: two entries for each, the build's in the
 * private chain and the version's in the public one. They are not hashed.
 */
export async function insertHistory(
  database: Database,
  { ownerId, handle, name }: HistoryOf,
  versions: readonly VersionFacts[],
): Promise<void> {
  const sequences = { public: 0, private: 0 };
  const entry = (chain: 'public' | 'private', action: string, selector: string, detail: JsonObject) => ({
    ownerId,
    chain,
    sequence: (sequences[chain] += 1),
    at: sequences.public + sequences.private,
    actor: 'a benchmark',
    action,
    subject: `${handle}/${name}/${selector}`,
    changeJson: canonicalJson(detail),
    previousHash: null,
    hash: '0'.repeat(64),
  });
  const entries = versions.flatMap(({ version, build: { sha, status } }) => [
    entry('private', 'build.registered', sha, { sha, status, artifactDigest: null }),
    entry('public', 'version.published', version, {
      version,
      sha,
      visibility: 'PUBLIC',
      state: 'PUBLISHED',
      stability: 'STABLE',
      entered: ['stable'],
      contentSha256: '0'.repeat(64),
    }),
  ]);
  await database.write(async (tx) => {
    for (let at = 0; at < entries.length; at += ROWS_PER_INSERT) {
      await tx.insert(LedgerEntryRow, entries.slice(at, at + ROWS_PER_INSERT));
    }
    const heads = { publicSequence: sequences.public, privateSequence: sequences.private };
    await tx.update(LedgerHeadRow, { ownerId }, heads);
  });
}
