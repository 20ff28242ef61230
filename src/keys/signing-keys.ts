import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, CompactSign, type JWK } from 'jose';

import { type Database, isDuplicate, type Tx } from '../database';
import { insertSigningKey, readSigningKeys, retireSigningKey, type StoredSigningKey } from './store';
import { unwrap, wrap } from './wrapping';

export const SIGNING_ALGORITHM = 'EdDSA';
/** How often what other replicas did to the keys is looked for, in milliseconds. */
const LOOK_MS = 1_000;

/** The public half of a pair that signs, or did. */
export interface PublicKey {
  readonly kid: string;
  readonly key: KeyObject;
  readonly jwk: JWK;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Since when it signs no more; another replica may sign by it for a second longer. Null: it signs. */
  readonly retiredAt: number | null;
}

/** A JWK Set (RFC 7517, 5). */
export interface KeySet {
  readonly keys: readonly JWK[];
}

/** What all keys were when they were last read. */
interface Known {
  readonly signing: { readonly kid: string; readonly key: KeyObject };
  readonly all: ReadonlyMap<string, PublicKey>;
}

export interface SigningKeysOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Told of a database that does not answer; the keys that are known go on. */
  readonly onFault?: (fault: unknown) => void;
}

/**
 * The keys by which all replicas sign: kept in the database, the private half wrapped by the master key. One signs at a
 * time; those before it are forgotten but for their public halves, which stay for ever, so that whatever they signed
 * can be checked. Source: chapter 7, "Receipts"; RFC 8037.
 */
export class SigningKeys {
  private looking: Promise<void> | null = null;
  private lookedAt = 0;
  private timer: NodeJS.Timeout | null = null;

  private constructor(
    private readonly database: Database,
    private readonly masterKey: Buffer,
    private readonly options: SigningKeysOptions,
    private known: Known,
  ) {}

  /**
   * Reads the keys; where none signs, makes the first.
   * @throws Error when the master key is not the one that wrapped them
   */
  static async open(
    database: Database,
    masterKey: Buffer,
    options: SigningKeysOptions = {},
  ): Promise<SigningKeys> {
    const now = options.now ?? Date.now;
    let rows = await readSigningKeys(database.reads);
    if (!rows.some(isSigning)) {
      await makeFirst(database, masterKey, now());
      rows = await readSigningKeys(database.reads);
    }
    return new SigningKeys(database, masterKey, options, knownOf(rows, masterKey));
  }

  /** Follows what other replicas do to the keys, until `stop`. */
  start(): void {
    this.timer ??= setInterval(() => {
      void this.look().catch((fault: unknown) => this.options.onFault?.(fault));
    }, LOOK_MS).unref();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** The public halves of all keys, the oldest first: for whoever checks and never signs, without the master key. */
  static async readPublic(tx: Tx): Promise<readonly PublicKey[]> {
    return (await readSigningKeys(tx)).map(publicKeyOf);
  }

  /** All public keys, the oldest first. */
  get all(): readonly PublicKey[] {
    return [...this.known.all.values()];
  }

  /** As `/.well-known/jwks.json` has them (RFC 7517, 5). */
  get jwks(): KeySet {
    return keySetOf(this.all);
  }

  /** The same without the master key, and without making a first one: for those who only verify. */
  static async readJwks(database: Database): Promise<KeySet> {
    return keySetOf((await readSigningKeys(database.reads)).map(publicKeyOf));
  }

  /**
   * Of a key that is not known the database is asked once more: another replica may have made it just now. That is done
   * once a second at most: anybody can make up names of keys.
   */
  async find(kid: string): Promise<PublicKey | null> {
    const known = this.known.all.get(kid);
    if (known !== undefined || performance.now() - this.lookedAt < LOOK_MS) return known ?? null;
    await this.look();
    return this.known.all.get(kid) ?? null;
  }

  /**
   * A compact JWS (RFC 7515) of `payload` by the key that signs now.
   * @param type says what the payload is, so that nothing signed for one purpose passes for another (RFC 8725, 3.11)
   */
  sign(type: string, payload: string): Promise<string> {
    const { kid, key } = this.known.signing;
    return new CompactSign(Buffer.from(payload))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: type, kid })
      .sign(key);
  }

  /**
   * Lets another pair sign from now on, at this replica at once and at others within a second. Of rotations at once one
   * may be all that is made.
   * @returns the public half of what signs now
   */
  async rotate(): Promise<PublicKey> {
    const made = await newPair(this.masterKey, this.now());
    try {
      await this.database.write(async (tx) => {
        await retireSigningKey(tx, this.now());
        await insertSigningKey(tx, made);
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    await this.read();
    const signing = this.known.all.get(this.known.signing.kid);
    if (signing === undefined) throw new Error('there is no key to sign by');
    return signing;
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }

  /** Whoever asks while the keys are read waits for what is read. */
  private look(): Promise<void> {
    this.looking ??= this.read().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  private async read(): Promise<void> {
    this.lookedAt = performance.now();
    const rows = await readSigningKeys(this.database.reads);
    const signing = rows.find(isSigning);
    // most looks: nothing is unwrapped for them
    if (signing?.kid === this.known.signing.kid && rows.length === this.known.all.size) return;
    this.known = knownOf(rows, this.masterKey);
  }
}

/**
 * With the times between which each signs, in seconds: `iat`, and `exp` of one that is retired. These members are those
 * of OpenID Federation 1.0, "Federation Historical Keys Response". What a key signed holds for ever; the times say
 * which times what it signed may name.
 */
function keySetOf(keys: readonly PublicKey[]): KeySet {
  return {
    keys: keys.map(({ jwk, createdAt, retiredAt }) => ({
      ...jwk,
      iat: Math.floor(createdAt / 1000),
      ...(retiredAt !== null && { exp: Math.ceil(retiredAt / 1000) }),
    })),
  };
}

function isSigning({ wrapped }: StoredSigningKey): boolean {
  return wrapped !== null;
}

async function makeFirst(database: Database, masterKey: Buffer, now: number): Promise<void> {
  const made = await newPair(masterKey, now);
  try {
    await database.write((tx: Tx) => insertSigningKey(tx, made));
  } catch (error) {
    // of replicas that make one at once, the first row holds
    if (!isDuplicate(error)) throw error;
  }
}

async function newPair(masterKey: Buffer, createdAt: number): Promise<Omit<StoredSigningKey, 'retiredAt'>> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  const publicJwk = JSON.stringify({ ...jwk, kid, alg: SIGNING_ALGORITHM, use: 'sig' });
  const wrapped = wrap(masterKey, privateKey.export({ format: 'der', type: 'pkcs8' }));
  return { kid, publicJwk, wrapped, createdAt };
}

function knownOf(rows: readonly StoredSigningKey[], masterKey: Buffer): Known {
  const signing = rows.find(isSigning);
  if (signing?.wrapped == null) throw new Error('there is no key to sign by');
  const der = unwrap(masterKey, signing.wrapped, 'signing key');
  return {
    signing: { kid: signing.kid, key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) },
    all: new Map(rows.map((row) => [row.kid, publicKeyOf(row)])),
  };
}

function publicKeyOf({ kid, publicJwk, createdAt, retiredAt }: StoredSigningKey): PublicKey {
  const jwk = JSON.parse(publicJwk) as JWK;
  return { kid, jwk, key: createPublicKey({ key: jwk, format: 'jwk' }), createdAt, retiredAt };
}
