import { In } from 'typeorm';

import { ApiKeyRow } from '../../../../entities';
import type { Tx } from '../../../database';

/** The public beginnings of keys, also of those that were revoked. */
export async function readKeyPrefixes(tx: Tx, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await tx.find(ApiKeyRow, { select: { id: true, prefix: true }, where: { id: In([...ids]) } });
  return new Map(rows.map(({ id, prefix }) => [id, prefix]));
}
