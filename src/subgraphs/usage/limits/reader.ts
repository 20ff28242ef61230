import { rightsOnAlgorithm } from '../../../auth';
import type { Database } from '../../../database';
import type { Consumer } from '../../../domain/limits/bounds';
import type { Stand } from '../../../domain/limits/standing';
import { nameKey } from '../../../domain/name';
import { hasRole, rightsOn } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import { parseAlgorithmRef } from '../../../domain/ref';
import { bucketOf } from '../../../domain/usage/granularity';
import type { ResolutionIndex } from '../../../resolution';
import type { GraphContext } from '../../shared/context';
import { connection, type Connection, pageOf, type PageArgs } from '../../shared/paging';
import { rightsOnOwner } from '../../shared/rights';
import { parsed } from '../targets/visible-targets';
import type { LimitsLoaders } from './loaders';
import {
  algorithmsWithQuotas,
  type ConsumerLimitsRecord,
  type NamedAlgorithm,
  type OwnerLimitsRecord,
} from './store';

/** Where callers stand with their limits, as the call path counts. */
export interface Standings {
  /** With those of its key and of its owner. @throws AlgogateError UNAVAILABLE */
  standsOf(principal: Principal): Promise<readonly Stand[]>;
  /** With those at one algorithm. @throws AlgogateError UNAVAILABLE */
  standsAt(principal: Principal, algorithmId: number): Promise<readonly Stand[]>;
}

interface LimitsReaderParts {
  readonly database: Database;
  readonly index: ResolutionIndex;
  readonly standings: Standings;
  readonly now: () => number;
}

/** Where the viewer stands with a limit; `algorithm` is `owner/name` where it is one of calls to that alone. */
export interface QuotaRecord extends Stand {
  readonly algorithm: string | null;
}

/** Algorithms whose quotas a viewer is shown. */
const MAX_ALGORITHMS = 100;

/**
 * What of limits is shown: to a consumer its own, to whoever may administer an owner or an algorithm what was set
 * there. To all others nothing, as where there is nothing. Source: chapter 6.
 */
export class LimitsReader {
  constructor(
    private readonly parts: LimitsReaderParts,
    private readonly loadersOf: (context: GraphContext) => LimitsLoaders,
  ) {}

  async ofOwner(context: GraphContext, handle: string): Promise<OwnerLimitsRecord | null> {
    const owner = await this.loadersOf(context).ownersByKey.load(nameKey(handle));
    if (owner === null) return null;
    const rights = rightsOnOwner(context.principal, owner);
    if (!rights.read || !hasRole(rights, 'ADMIN')) return null;
    return this.loadersOf(context).ofOwners.load(owner.id);
  }

  /** @throws AlgogateError INVALID_INPUT for a page that is none */
  async ofConsumers<T>(
    context: GraphContext,
    ref: string,
    args: PageArgs,
    nodeOf: (limits: ConsumerLimitsRecord) => T,
  ): Promise<Connection<T> | null> {
    const page = pageOf(args);
    const named = parsed(parseAlgorithmRef, ref);
    const algorithm = named && (await this.parts.index.find(named.ownerKey, named.nameKey));
    if (algorithm === null) return null;
    const rights = rightsOnAlgorithm(context.principal, algorithm);
    if (!rights.read || !hasRole(rights, 'ADMIN')) return null;
    const { limit, after } = page;
    const found = await this.loadersOf(context).ofConsumers.load({ algorithmId: algorithm.id, limit, after });
    return connection(page, found, ({ consumer }) => nameKey(consumer ?? ''), nodeOf);
  }

  /** Null for the anonymous, and for a key that may not read. @throws AlgogateError UNAVAILABLE */
  async quotas({ principal }: GraphContext): Promise<readonly QuotaRecord[] | null> {
    if (principal.kind === 'anonymous') return null;
    if (principal.kind === 'operator') return [];
    if (!rightsOnOwner(principal, principal.owner).read) return null;
    const [own, ...others] = await Promise.all([
      this.parts.standings.standsOf(principal),
      ...(await this.algorithmsOf(principal)).map(({ id, ref }) => this.standsAt(principal, id, ref)),
    ]);
    return [...own.map((stand) => ({ ...stand, algorithm: null })), ...others.flat()];
  }

  private async standsAt(principal: Principal, id: number, algorithm: string): Promise<QuotaRecord[]> {
    const stands = await this.parts.standings.standsAt(principal, id);
    return stands.map((stand) => ({ ...stand, algorithm }));
  }

  /**
   * A quota may be set for someone who is not to know of the algorithm: that there is one must show nowhere, not even in
   * the time that an answer takes.
   */
  private async algorithmsOf(principal: Consumer): Promise<{ id: number; ref: string }[]> {
    const { database, now } = this.parts;
    const consumerId = principal.owner.id;
    const owners = principal.kind === 'user' ? [consumerId, ...principal.roles.keys()] : [consumerId];
    const whose = { consumerId, owners, month: bucketOf('MONTH', now()), most: MAX_ALGORITHMS };
    const found = await algorithmsWithQuotas(database.reads, whose);
    return found
      .filter((algorithm) => algorithm.listed || mayRead(principal, algorithm))
      .map(({ id, handle, name }) => ({ id, ref: `${handle}/${name}` }));
  }
}

/** The scopes of a key may hide what its owner sees. */
function mayRead(principal: Principal, { ownerId, handle, name }: NamedAlgorithm): boolean {
  return rightsOn(principal, { ownerId, ownerKey: nameKey(handle), nameKey: nameKey(name) }).read;
}
