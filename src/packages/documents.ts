import { LRUCache } from 'lru-cache';

import { answered, type Database, isDatabaseAway, type Tx } from '../database';
import { AlgogateError } from '../domain/errors';
import { audienceKey } from './audience';
import { type Request, type Sequences, serialize, type Serialized } from './document';
import { lastEntriesAbout, readFacts } from './store';

/** A document, and where the chains of its owner stood when it was last known to hold. */
export interface PackageDocument extends Serialized {
  readonly at: Sequences;
  /** The last entries about its algorithm by then. */
  readonly about: Sequences;
}

/** What is kept in memory. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Of a document beside its body. */
const OVERHEAD_BYTES = 512;
const NONE: Sequences = { public: 0, private: 0 };

/**
 * The documents of algorithms: each written once for all who see the same, and again when the ledger has an entry
 * about its algorithm. Source: chapter 3, "The registry document".
 */
export class PackageDocuments {
  private readonly kept: LRUCache<string, PackageDocument>;
  private readonly making = new Map<string, Promise<PackageDocument>>();

  /** @param isSilent whether the database is known not to answer */
  constructor(
    private readonly database: Database,
    private readonly isSilent: () => boolean,
    maxBytes = MAX_BYTES,
  ) {
    this.kept = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: maxBytes,
      sizeCalculation: ({ body }) => body.length + OVERHEAD_BYTES,
    });
  }

  /**
   * The document, no older than `atLeast`.
   * @throws AlgogateError UNAVAILABLE where it would have to be read, and the database is away
   */
  async find(request: Request, atLeast: Sequences): Promise<PackageDocument> {
    const key = `${request.algorithmId} ${request.form} ${audienceKey(request.audience)}`;
    const kept = this.kept.get(key);
    if (kept !== undefined && holds(kept, request, atLeast)) return kept;
    // one that others wait for may have been begun before what this one must have
    const begun = await this.making.get(key);
    if (begun !== undefined && holds(begun, request, atLeast)) return begun;
    const making = this.making.get(key) ?? this.make(key, request);
    this.making.set(key, making);
    return making;
  }

  private async make(key: string, request: Request): Promise<PackageDocument> {
    try {
      const before = this.kept.get(key) ?? null;
      const look = this.database.longSnapshot((tx) => lookAgain(tx, request, before));
      const made = await answered(look, this.isSilent());
      this.kept.set(key, made);
      return made;
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    } finally {
      this.making.delete(key);
    }
  }
}

/** What is for everyone has no part of the private chain. */
function holds({ at }: PackageDocument, { audience }: Request, atLeast: Sequences): boolean {
  return at.public >= atLeast.public && (audience.kind === 'everyone' || at.private >= atLeast.private);
}

async function lookAgain(tx: Tx, request: Request, before: PackageDocument | null): Promise<PackageDocument> {
  const facts = await readFacts(tx, request.algorithmId);
  const at = { public: facts.publicSequence, private: facts.privateSequence };
  const since = await lastEntriesAbout(tx, facts, before?.at ?? NONE);
  const news = since.public ?? (request.audience.kind === 'everyone' ? null : since.private);
  if (before !== null && news === null) return { ...before, at };
  const known = before?.about ?? NONE;
  const about = { public: since.public ?? known.public, private: since.private ?? known.private };
  return { ...(await serialize(tx, request, facts, about)), at, about };
}
