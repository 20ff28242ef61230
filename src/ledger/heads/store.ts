import { SignedHeadRow } from '../../../entities';
import { bulkInsert, placesFor, type Tx } from '../../database';
import type { OwnerId } from '../../domain/principal';
import { type Chain, CHAINS } from '../entry';
import type { SignedHead } from './signed-head';

/** A head to be signed. */
export interface Head {
  readonly ownerId: OwnerId;
  readonly chain: Chain;
  readonly sequence: number;
  readonly hash: string;
}

const insertRows = bulkInsert<SignedHead>({
  table: 'ledger_signed_heads',
  columns: ['owner_id', 'chain', 'sequence', 'hash', 'signed_at', 'jws'],
  values: ({ ownerId, chain, sequence, hash, signedAt, jws }) => [
    ...[ownerId, chain, sequence, hash],
    ...[signedAt, jws],
  ],
});

/**
 * Keeps those that no replica has kept before. Of replicas that keep one at once, the first holds: see `isDuplicate`.
 * @returns those of which another hash was signed before
 */
export async function insertSignedHeads(tx: Tx, heads: readonly SignedHead[]): Promise<SignedHead[]> {
  const known = new Map<string, string>();
  for (const chain of CHAINS) {
    const wanted = heads.filter((head) => head.chain === chain);
    for (const { ownerId, sequence, hash } of await readSigned(tx, chain, wanted)) {
      known.set(`${ownerId} ${chain} ${sequence}`, hash);
    }
  }
  const hashOf = ({ ownerId, chain, sequence }: Head) => known.get(`${ownerId} ${chain} ${sequence}`);
  await insertRows(
    tx,
    heads.filter((head) => hashOf(head) === undefined),
  );
  return heads.filter((head) => ![undefined, head.hash].includes(hashOf(head)));
}

/** Of these owners and sequences; it may be some more. */
async function readSigned(tx: Tx, chain: Chain, heads: readonly Head[]): Promise<SignedHeadRow[]> {
  if (heads.length === 0) return [];
  const owners = heads.map(({ ownerId }) => ownerId);
  const sequences = heads.map(({ sequence }) => sequence);
  return tx
    .createQueryBuilder(SignedHeadRow, 'signed')
    .where('signed.owner_id IN (:...owners) AND signed.chain = :chain', { owners, chain })
    .andWhere('signed.sequence IN (:...sequences)', { sequences })
    .getMany();
}

/** The handles of owners, by their ids. */
export async function readHandles(tx: Tx, ids: readonly OwnerId[]): Promise<ReadonlyMap<OwnerId, string>> {
  const rows = await tx.query<{ id: OwnerId; handle: string }[]>(
    `SELECT signed_owner.id, signed_owner.handle FROM owners signed_owner
      WHERE signed_owner.id IN (${placesFor(ids)})`,
    [...ids],
  );
  return new Map(rows.map(({ id, handle }) => [id, handle]));
}

interface RawHeads {
  readonly ownerId: OwnerId;
  readonly publicSequence: number;
  readonly publicHash: string | null;
  readonly publicSigned: number | string;
  readonly privateSequence: number;
  readonly privateHash: string | null;
  readonly privateSigned: number | string;
}

/** The heads that were not signed, of up to `limit` owners after one, and the last of these owners. */
export async function readUnsignedHeads(
  tx: Tx,
  after: OwnerId,
  limit: number,
): Promise<{ readonly heads: readonly Head[]; readonly last: OwnerId | null }> {
  const rows = await tx.query<RawHeads[]>(
    `SELECT h1.owner_id AS ownerId, h1.public_sequence AS publicSequence, h1.public_hash AS publicHash,
            h1.private_sequence AS privateSequence, h1.private_hash AS privateHash,
            ${IS_SIGNED('public')} AS publicSigned, ${IS_SIGNED('private')} AS privateSigned
       FROM ledger_heads h1 WHERE h1.owner_id > ? ORDER BY h1.owner_id LIMIT ?`,
    [after, limit],
  );
  return { heads: rows.flatMap(unsignedOf), last: rows.at(-1)?.ownerId ?? null };
}

const IS_SIGNED = (chain: Chain) =>
  `EXISTS (SELECT 1 FROM ledger_signed_heads s WHERE s.owner_id = h1.owner_id AND s.chain = '${chain}'
                                                 AND s.sequence = h1.${chain}_sequence)`;

function unsignedOf(row: RawHeads): Head[] {
  return CHAINS.flatMap((chain): Head[] => {
    const hash = row[`${chain}Hash`];
    if (hash === null || Number(row[`${chain}Signed`]) === 1) return [];
    return [{ ownerId: row.ownerId, chain, sequence: row[`${chain}Sequence`], hash }];
  });
}
