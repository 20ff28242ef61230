import { UsedTokenRow } from '../../../../entities';
import { bulkDelete, isDuplicate, type Tx } from '../../../database';

/**
 * Notes that a token is used; false where it was before, at whatever replica: the key of the table decides, and waits
 * for whoever is at it.
 */
export async function useToken(tx: Tx, digest: string, forgetAt: number): Promise<boolean> {
  try {
    await tx.insert(UsedTokenRow, { digest, forgetAt });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** Forgets some of those whose time is over by then (epoch milliseconds); gives how many. */
export const forgetUsedTokens: (tx: Tx, values: readonly [now: number], limit: number) => Promise<number> =
  bulkDelete({ table: 'used_tokens', key: ['digest'], where: 'forget_at < ?', order: ['forget_at'] });
