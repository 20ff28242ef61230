import type { OwnerId } from '../principal';
import { algorithmSubject, consumerSubject, keySubject } from '../usage/subject';

/**
 * Whose calls some limits bound, as the key of their row and the name of what counts them: those of an API key, of a
 * consumer, of a consumer to one algorithm, or to one algorithm of every consumer that has none of its own there.
 * A key and a consumer are called as in the rollups of their calls.
 */
export type LimitSubjectKey =
  `key:${number}` | `consumer:${number}` | `consumer:${number}/algorithm:${number}` | `algorithm:${number}`;

/** The same in parts; null for what has no part in it. No consumer of an algorithm stands for all others. */
export interface LimitSubject {
  readonly keyId: number | null;
  readonly consumerId: OwnerId | null;
  readonly algorithmId: number | null;
}

/** @throws Error for a subject without any part */
export function limitSubject({ keyId, consumerId, algorithmId }: LimitSubject): LimitSubjectKey {
  if (keyId !== null) return keySubject(keyId);
  if (algorithmId === null) {
    if (consumerId === null) throw new Error('limits are of a key, a consumer, or an algorithm');
    return consumerSubject(consumerId);
  }
  const algorithm = algorithmSubject(algorithmId);
  return consumerId === null ? algorithm : `${consumerSubject(consumerId)}/${algorithm}`;
}
