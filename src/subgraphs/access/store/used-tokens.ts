import { UsedTokenRow } from '../../../../entities';
import { bulkDelete, type Tx } from '../../../database';

/** Throws what `isDuplicate` recognises where it was used before, at whatever replica. */
export async function insertUsedToken(tx: Tx, digest: string, forgetAt: number): Promise<void> {
  await tx.insert(UsedTokenRow, { digest, forgetAt });
}

/** Forgets some of those whose time is over by then (epoch milliseconds); gives how many. */
export const forgetUsedTokens: (tx: Tx, values: readonly [now: number], limit: number) => Promise<number> =
  bulkDelete({ table: 'used_tokens', key: ['digest'], where: 'forget_at < ?', order: ['forget_at'] });
