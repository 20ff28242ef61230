import type { OwnerId } from '../../domain/principal';
import { canonicalJson, type Chain } from '../entry';

/** What the header of a signed head says that it is, so that no signature of ours for another purpose passes for one. */
export const SIGNED_HEAD_TYPE = 'algogate-ledger-head+jws';

/** What is said of a chain: at this entry it has this hash, and by that all the entries before. */
export interface HeadStatement {
  /** The owner's handle, in the spelling of its creation. */
  readonly owner: string;
  readonly chain: Chain;
  readonly sequence: number;
  readonly hash: string;
  /** Epoch milliseconds, by the clock of the replica that signed. */
  readonly signedAt: number;
}

export interface SignedHead extends HeadStatement {
  readonly ownerId: OwnerId;
  /** A compact JWS of the statement. */
  readonly jws: string;
}

/** Canonical JSON: what is signed. */
export function statementText({ owner, chain, sequence, hash, signedAt }: HeadStatement): string {
  return canonicalJson({ owner, chain, sequence, hash, signedAt });
}

/** A signed head as files have it, without the end of its line. What it says beside its `jws` is for people to read. */
export function headLine({
  owner,
  chain,
  sequence,
  hash,
  jws,
}: Omit<SignedHead, 'ownerId' | 'signedAt'>): string {
  return canonicalJson({ owner, chain, sequence, hash, jws });
}
