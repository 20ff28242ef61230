import { maySeeAlgorithm, maySeeMajor, rightsOnAlgorithm } from '../../auth';
import { AlgogateError } from '../../domain/errors';
import { nameKey } from '../../domain/name';
import { hasRole, type MajorPermissions, mayCall, maySee, type Rights } from '../../domain/permissions';
import type { OwnerId, Principal, Role } from '../../domain/principal';
import { type AlgorithmRef, parseAlgorithmRef, parseMajorRef, parseVersionRef } from '../../domain/ref';
import { type AlgorithmView, guarded, type ResolutionIndex } from '../../resolution';
import type { GraphContext } from '../shared/context';
import { connection, type Connection, pageOf, type PageArgs } from '../shared/paging';
import { type LedgerPage, ledgerPage, type PlacedEntry } from './ledger/reader';
import type { AccessLoaders } from './loaders';
import type { GrantRecord, MemberRecord, OwnerRecord, PublisherRecord } from './records';
import { rightsOnOwner } from '../shared/rights';
import type { MajorId } from './store/permissions';

/** The permissions of a major as one principal sees them; `grants` is null unless it may administer them. */
export interface VisiblePermissions extends MajorPermissions {
  readonly grantsOf: MajorId | null;
}

/** An algorithm in memory, and what the viewer may do there. */
interface Viewed {
  readonly algorithm: AlgorithmView;
  readonly rights: Rights;
}

/**
 * What this slice says of entities. Rights and permissions come from memory, without a query; what does not is
 * batched. Whatever the viewer may not know of is null, as what does not exist. Source: chapter 2, "Who sees what".
 */
export class AccessReader {
  constructor(
    private readonly index: ResolutionIndex,
    private readonly loadersOf: (context: GraphContext) => AccessLoaders,
  ) {}

  async viewerRole(context: GraphContext, handle: string): Promise<Role | null> {
    const owner = await this.owner(context, handle);
    if (owner === null) return null;
    const { read, role } = rightsOnOwner(context.principal, owner);
    return read ? role : null;
  }

  /**
   * A page of the members of an organisation, as what `nodeOf` makes of them; null unless the viewer is one.
   * @throws AlgogateError INVALID_INPUT for a page that is none
   */
  async members<T>(
    context: GraphContext,
    handle: string,
    args: PageArgs,
    nodeOf: (member: MemberRecord) => T,
  ): Promise<Connection<T> | null> {
    const page = pageOf(args);
    const owner = await this.owner(context, handle);
    if (owner?.kind !== 'ORGANIZATION') return null;
    const { read, role } = rightsOnOwner(context.principal, owner);
    if (!read || role === null) return null;
    const { limit, after } = page;
    const members = await this.loadersOf(context).members.load({ organizationId: owner.id, limit, after });
    return connection(page, members, (member) => nameKey(member.handle), nodeOf);
  }

  /**
   * A page of the ledger of an owner, as what `nodeOf` makes of its entries; null unless the viewer is an admin of it.
   * @throws AlgogateError INVALID_INPUT for a page that is none
   */
  async ledger<T>(
    context: GraphContext,
    handle: string,
    page: LedgerPage,
    nodeOf: (entry: PlacedEntry) => T,
  ): Promise<Connection<T> | null> {
    const owner = await this.owner(context, handle);
    return ledgerPage(this.loadersOf(context), context, owner, page, nodeOf);
  }

  /** The organisations that the viewer acts in, in the order of their handles. */
  async organizations(context: GraphContext): Promise<readonly OwnerRecord[]> {
    const { principal } = context;
    const { ownersById } = this.loadersOf(context);
    const found = await Promise.all(organizationIdsOf(principal).map((id) => ownersById.load(id)));
    return found
      .filter((owner) => owner !== null)
      .filter((owner) => rightsOnOwner(principal, owner).read)
      .sort((a, b) => (nameKey(a.handle) < nameKey(b.handle) ? -1 : 1));
  }

  /** Whether the viewer has a role in an algorithm; null where it may not know of the algorithm. */
  async viewerHas({ principal }: GraphContext, ref: string, role: Role): Promise<boolean | null> {
    const viewed = await this.algorithm(principal, parsed(parseAlgorithmRef, ref));
    if (viewed === null || !maySeeAlgorithm(principal, viewed.rights, viewed.algorithm)) return null;
    return hasRole(viewed.rights, role);
  }

  /** Whose pipelines may publish an algorithm; null unless the viewer may administer it. */
  async publishers(context: GraphContext, ref: string): Promise<readonly PublisherRecord[] | null> {
    const viewed = await this.algorithm(context.principal, parsed(parseAlgorithmRef, ref));
    if (viewed === null || !viewed.rights.read || !hasRole(viewed.rights, 'ADMIN')) return null;
    return this.loadersOf(context).publishers.load(viewed.algorithm.id);
  }

  async permissions({ principal }: GraphContext, ref: string): Promise<VisiblePermissions | null> {
    const major = parsed(parseMajorRef, ref);
    const viewed = await this.algorithm(principal, major);
    if (
      viewed === null ||
      major === null ||
      !maySeeMajor(principal, viewed.rights, viewed.algorithm, major.major)
    )
      return null;
    const { algorithm, rights } = viewed;
    const permissions = algorithm.standing.permissions.get(major.major);
    if (permissions === undefined) return null;
    const mayAdminister = rights.read && hasRole(rights, 'ADMIN');
    return {
      ...permissions,
      grantsOf: mayAdminister ? { algorithmId: algorithm.id, major: major.major } : null,
    };
  }

  async grants(
    context: GraphContext,
    { grantsOf }: VisiblePermissions,
  ): Promise<readonly GrantRecord[] | null> {
    return grantsOf && this.loadersOf(context).grants.load(grantsOf);
  }

  /** Null where the viewer may neither list nor name the version. */
  async viewerCanCall({ principal }: GraphContext, ref: string): Promise<boolean | null> {
    const parsedRef = parsed(parseVersionRef, ref);
    const viewed = await this.algorithm(principal, parsedRef);
    const version = parsedRef && viewed?.algorithm.catalog.find(parsedRef.version.key);
    if (viewed === null || version == null) return null;
    const { algorithm, rights } = viewed;
    const subject = guarded(algorithm, version);
    const sees = maySee(principal, rights, subject, 'read') || maySee(principal, rights, subject, 'resolve');
    if (!sees) return null;
    return version.state === 'PUBLISHED' && mayCall(principal, rights, subject);
  }

  private async owner(context: GraphContext, handle: string): Promise<OwnerRecord | null> {
    return this.loadersOf(context).ownersByKey.load(nameKey(handle));
  }

  private async algorithm(principal: Principal, ref: AlgorithmRef | null): Promise<Viewed | null> {
    const algorithm = ref && (await this.index.find(ref.ownerKey, ref.nameKey));
    return algorithm && { algorithm, rights: rightsOnAlgorithm(principal, algorithm) };
  }
}

function organizationIdsOf(principal: Principal): readonly OwnerId[] {
  switch (principal.kind) {
    case 'anonymous':
    case 'operator':
      return [];
    case 'organization':
      return [principal.owner.id];
    case 'user':
      return [...principal.roles.keys()];
  }
}

/** A ref that is none names nothing. */
function parsed<R>(parse: (text: string) => R, ref: string): R | null {
  try {
    return parse(ref);
  } catch (error) {
    if (error instanceof AlgogateError) return null;
    throw error;
  }
}
