import { createHash } from 'node:crypto';

import canonicalize from 'canonicalize';

import type { OwnerId } from '../domain/principal';

export const CHAINS = ['public', 'private'] as const;
/** What an outsider can observe goes to `public`, all else to `private`. Source: chapter 7. */
export type Chain = (typeof CHAINS)[number];

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** A change of the registry, as the mutation that makes it words it. */
export interface Change {
  readonly chain: Chain;
  /** `version.published`, `member.set`, … */
  readonly action: string;
  /** `Owner`, `Owner/Name`, `Owner/Name/1` or `Owner/Name/1.2.3`, in the spelling of their creation. */
  readonly subject: string;
  readonly detail: JsonObject;
}

/** An entry as it stands in its chain. */
export interface Entry {
  readonly ownerId: OwnerId;
  readonly chain: Chain;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Milliseconds since the epoch; strictly increasing over both chains of the owner. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  /** Canonical JSON (RFC 8785). */
  readonly changeJson: string;
  readonly previousHash: string | null;
  readonly hash: string;
}

/** RFC 8785. Throws where `value` is no JSON. */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a value that is no JSON cannot be made canonical');
  return text;
}

/** SHA-256, in lower-case hex, of the canonical JSON of everything in the entry but the hash itself. */
export function entryHash(entry: Omit<Entry, 'hash'>, handle: string): string {
  return createHash('sha256')
    .update(canonicalJson(hashedOf(entry, handle)))
    .digest('hex');
}

/** What the hash of an entry covers, under the names that exports have for it. */
export function hashedOf(entry: Omit<Entry, 'hash'>, owner: string): JsonObject {
  const { chain, sequence, at, actor, action, subject, changeJson: change, previousHash } = entry;
  return { owner, chain, sequence, at, actor, action, subject, change, previousHash };
}
