import { z } from 'zod';

import { parsePosition } from '../../domain/position';
import { type Chain, CHAINS, entryHash } from '../entry';
import { SIGNED_HEAD_TYPE } from '../heads/signed-head';
import type { Signatures } from './signatures';

/** That a chain had an entry with this hash. */
export interface Witness {
  readonly owner: string;
  readonly chain: Chain;
  readonly sequence: number;
  readonly hash: string;
}

/** What a line of a file, or a signed text, is witness to; or why it is to nothing. */
export type Testimony = { readonly witnesses: readonly Witness[] } | { readonly problem: string };

const RECEIPT_TYPE = 'algogate-receipt+jws';

const HASH = z.string().regex(/^[0-9a-f]{64}$/);
const WITNESS = z.object({ owner: z.string(), chain: z.enum(CHAINS), sequence: z.int().min(1), hash: HASH });
const ENTRY = WITNESS.extend({
  at: z.int(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  change: z.string(),
  previousHash: HASH.nullable(),
});
const HEAD = WITNESS.extend({ jws: z.string() });
/** Whoever keeps receipts may keep them in what they came in. */
const HOLDS_RECEIPT = z.object({ receipt: z.string() });
const RECEIPT = z.object({
  position: z.string(),
  heads: z.object({ public: HASH.nullish(), private: HASH.nullish() }),
});

const UNKNOWN = 'it is no entry, head or receipt';

/** A line of a file of heads, of an export, or of receipts. */
export async function readLine(line: string, signatures: Signatures): Promise<Testimony> {
  if (!line.startsWith('{')) return readSigned(line.replace(/^"(.*)"$/, '$1'), signatures);
  const value = jsonIn(line);
  const entry = ENTRY.safeParse(value);
  if (entry.success) return entryWitness(entry.data);
  const head = HEAD.safeParse(value);
  if (head.success) return headWitness(head.data, await readSigned(head.data.jws, signatures));
  const holder = HOLDS_RECEIPT.safeParse(value);
  if (holder.success) return readSigned(holder.data.receipt, signatures);
  const bare = WITNESS.safeParse(value);
  return bare.success ? { witnesses: [bare.data] } : { problem: UNKNOWN };
}

/** A signed head, or a receipt. @param jws compact */
export async function readSigned(jws: string, signatures: Signatures): Promise<Testimony> {
  const signed = await signatures.read(jws);
  if (signed.problem !== null) return signed;
  switch (signed.type) {
    case SIGNED_HEAD_TYPE: {
      const head = WITNESS.safeParse(signed.payload);
      return head.success ? { witnesses: [head.data] } : { problem: UNKNOWN };
    }
    case RECEIPT_TYPE:
      return receiptWitnesses(signed.payload);
    default:
      return { problem: UNKNOWN };
  }
}

function entryWitness({ change, ...entry }: z.infer<typeof ENTRY>): Testimony {
  const { owner, chain, sequence, hash } = entry;
  const own = entryHash({ ...entry, ownerId: 0, changeJson: change }, owner);
  if (own !== hash) return { problem: 'its hash is not that of what it says' };
  return { witnesses: [{ owner, chain, sequence, hash }] };
}

/** What is beside the signature is for people, who must not be told something else. */
function headWitness(shown: Witness, signed: Testimony): Testimony {
  if ('problem' in signed) return signed;
  const [head] = signed.witnesses;
  return head !== undefined && isSame(head, shown)
    ? signed
    : { problem: 'it says something else than what was signed' };
}

export function isSame(one: Witness, other: Witness): boolean {
  return (
    one.owner === other.owner &&
    one.chain === other.chain &&
    one.sequence === other.sequence &&
    one.hash === other.hash
  );
}

function receiptWitnesses(payload: unknown): Testimony {
  const receipt = RECEIPT.safeParse(payload);
  if (!receipt.success) return { problem: UNKNOWN };
  try {
    const { handle: owner, ...sequences } = parsePosition(receipt.data.position);
    const witnesses = CHAINS.flatMap((chain): Witness[] => {
      const [sequence, hash] = [sequences[chain], receipt.data.heads[chain]];
      return sequence === null || sequence === 0 || hash == null ? [] : [{ owner, chain, sequence, hash }];
    });
    return { witnesses };
  } catch {
    return { problem: UNKNOWN };
  }
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
