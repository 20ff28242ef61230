import { createHmac, randomBytes } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { type Database, isDuplicate } from '../database';
import { type OwnerId, type Principal, principalId } from '../domain/principal';
import { insertWrappedKey, readWrappedKey } from './store';
import { unwrap, wrap } from './wrapping';

const KEY_BYTES = 32;
/** A number in `max` would take the room for all of them as the replica starts. */
const PSEUDONYMS = { maxSize: 100_000, sizeCalculation: () => 1 } as const;

/** The keys that every replica must have alike. */
const NAMES = ['pseudonyms', 'call tokens'] as const;
type Name = (typeof NAMES)[number];

/**
 * The keys that all replicas share: kept in the database, wrapped by the master key, and made by whichever replica
 * comes first. Source: chapter 7.
 */
export class SharedKeys {
  /** Pseudonyms that were made before: a call should not pay for its caller's again. */
  private readonly pseudonyms = new LRUCache<string, string>(PSEUDONYMS);

  private constructor(private readonly keys: Readonly<Record<Name, Buffer>>) {}

  /** @throws Error when the master key is not the one that wrapped the keys */
  static async open(database: Database, masterKey: Buffer): Promise<SharedKeys> {
    const keys = {} as Record<Name, Buffer>;
    for (const name of NAMES) keys[name] = await findOrMake(database, masterKey, name);
    return new SharedKeys(keys);
  }

  /** An opaque name for a caller that one owner sees, and that no two owners can compare. */
  pseudonym(ownerId: OwnerId, principal: Principal): string {
    return this.pseudonymOf(`${ownerId}|${principalId(principal)}`);
  }

  /** The same for a user or an organisation by its id, as records of calls name their callers. */
  pseudonymOfCaller(ownerId: OwnerId, callerId: OwnerId): string {
    return this.pseudonymOf(`${ownerId}|owner:${callerId}`);
  }

  /** A code that only a replica of ours can have put on `text`. */
  mac(name: Name, text: string): Buffer {
    return createHmac('sha256', this.keys[name]).update(text).digest();
  }

  /** The 32 bytes themselves, for what is encrypted by them. */
  bytesOf(name: Name): Buffer {
    return this.keys[name];
  }

  private pseudonymOf(pair: string): string {
    const known = this.pseudonyms.get(pair);
    if (known !== undefined) return known;
    const made = this.mac('pseudonyms', pair).subarray(0, 16).toString('base64url');
    this.pseudonyms.set(pair, made);
    return made;
  }
}

async function findOrMake(database: Database, masterKey: Buffer, name: Name): Promise<Buffer> {
  const found = await readWrappedKey(database.reads, name);
  const wrapped = found ?? (await keepFirst(database, name, wrap(masterKey, randomBytes(KEY_BYTES))));
  return unwrap(masterKey, wrapped, `shared key ${name}`);
}

/** Of replicas that make a key at once, the first row holds. */
async function keepFirst(database: Database, name: Name, wrapped: string): Promise<string> {
  try {
    await database.write((tx) => insertWrappedKey(tx, name, wrapped, Date.now()));
    return wrapped;
  } catch (error) {
    const first = isDuplicate(error) ? await readWrappedKey(database.reads, name) : null;
    if (first === null) throw error;
    return first;
  }
}
