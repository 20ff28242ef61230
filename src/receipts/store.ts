import { bulkFind, type BulkValue, type FoundRow, type Tx } from '../database';
import type { OwnerId } from '../domain/principal';

/** Facts by the keys of their rows, none of which ever changes: the key is what is remembered by. */
export type Facts = ReadonlyMap<string, string | null>;

export type FactKey = readonly BulkValue[];

export function keyOf(key: FactKey): string {
  return key.join('/');
}

const findEntries = bulkFind({
  table: 'ledger_entries',
  columns: ['owner_id', 'chain', 'sequence', 'hash'],
  key: { owner_id: 'number', chain: 'text', sequence: 'number' },
});

/** The hashes of entries. @param keys owner, chain and sequence */
export async function readHashes(tx: Tx, keys: readonly FactKey[]): Promise<Facts> {
  return factsOf(await findEntries(tx, keys), ['owner_id', 'chain', 'sequence'], 'hash');
}

const findRevisions = bulkFind({
  table: 'artifact_revisions',
  columns: ['algorithm_id', 'name', 'revision', 'sha256'],
  key: { algorithm_id: 'number', name: 'text', revision: 'text' },
});

/** The digests of revisions of artifacts. @param keys algorithm, name and revision */
export async function readRevisions(tx: Tx, keys: readonly FactKey[]): Promise<Facts> {
  return factsOf(await findRevisions(tx, keys), ['algorithm_id', 'name', 'revision'], 'sha256');
}

const findBuilds = bulkFind({
  table: 'builds',
  columns: ['id', 'artifact_digest'],
  key: { id: 'number' },
});

/** The digests of what was built; null where none was registered. @param keys ids of builds */
export async function readBuilds(tx: Tx, keys: readonly FactKey[]): Promise<Facts> {
  return factsOf(await findBuilds(tx, keys), ['id'], 'artifact_digest');
}

function factsOf(rows: readonly FoundRow[], key: readonly string[], fact: string): Facts {
  return new Map(
    rows.map((row) => [
      keyOf(key.map((column) => row[column] as BulkValue)),
      (row[fact] ?? null) as string | null,
    ]),
  );
}

/** A move of a pointer of a manifest, as the ledger has it. */
export interface ManifestMove {
  readonly chain: 'public' | 'private';
  readonly sequence: number;
  readonly name: string;
  /** Null: nowhere. */
  readonly revision: string | null;
  readonly sha256: string | null;
}

/** The moves of the manifest of a major, in the order of each chain. @param subject `Owner/Name/1` */
export async function readManifestMoves(tx: Tx, ownerId: OwnerId, subject: string): Promise<ManifestMove[]> {
  const rows = await tx.query<
    { chain: ManifestMove['chain']; sequence: number | string; changeJson: string }[]
  >(
    `SELECT chain, sequence, change_json AS changeJson FROM ledger_entries
      WHERE owner_id = ? AND subject = ? AND action IN ('artifact.moved', 'artifact.rolledBack')
      ORDER BY sequence`,
    [ownerId, subject],
  );
  return rows.map(({ chain, sequence, changeJson }) => {
    const { name, to, sha256 } = JSON.parse(changeJson) as MoveDetail;
    return { chain, sequence: Number(sequence), name, revision: to, sha256 };
  });
}

interface MoveDetail {
  readonly name: string;
  readonly to: string | null;
  readonly sha256: string | null;
}
