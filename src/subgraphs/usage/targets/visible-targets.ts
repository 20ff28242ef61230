import { maySeeAlgorithm, maySeeMajor, rightsOnAlgorithm } from '../../../auth';
import { AlgogateError } from '../../../domain/errors';
import { keysUnder } from '../../../domain/interval';
import { nameKey } from '../../../domain/name';
import { maySee, type Rights } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import { type AlgorithmRef, parseAlgorithmRef, parseMajorRef, parseVersionRef } from '../../../domain/ref';
import { OPERATOR_CALLER } from '../../../domain/usage/call';
import { majorKey } from '../../../domain/version';
import { type AlgorithmView, guarded, type ResolutionIndex } from '../../../resolution';
import type { GraphContext } from '../../shared/context';
import { rightsOnOwner } from '../../shared/rights';
import type { UsageLoaders } from '../loaders';
import { type Lens, lensOf } from './lens';
import {
  algorithmTarget,
  consumerTarget,
  majorTarget,
  providerTarget,
  type Target,
  versionTarget,
} from './target';

/** What a principal sees: what usage is asked of, and whose calls of it. */
export interface Seen {
  readonly target: Target;
  readonly lens: Lens;
}

/** An algorithm in memory, and what the viewer may do there. */
interface Viewed {
  readonly algorithm: AlgorithmView;
  readonly rights: Rights;
}

/**
 * Who may see the usage of what. What is hidden, and what is not for the viewer, is null, as what does not exist.
 * Rights come from memory, without a query. Source: chapters 2 and 6.
 */
export class VisibleTargets {
  constructor(
    private readonly index: ResolutionIndex,
    private readonly loadersOf: (context: GraphContext) => UsageLoaders,
  ) {}

  /** Calls of the algorithms of an owner. */
  async provider(context: GraphContext, handle: string): Promise<Seen | null> {
    const owner = await this.loadersOf(context).ownersByKey.load(nameKey(handle));
    if (owner === null) return null;
    return seen(context.principal, rightsOnOwner(context.principal, owner), providerTarget(owner.id));
  }

  /** Calls that an owner made: for its members alone. */
  async consumer(context: GraphContext, handle: string): Promise<Seen | null> {
    const owner = await this.loadersOf(context).ownersByKey.load(nameKey(handle));
    if (owner === null) return null;
    const lens = lensOf(context.principal, rightsOnOwner(context.principal, owner));
    return lens?.whose === 'ALL' ? { target: consumerTarget(owner.id), lens } : null;
  }

  /** Calls that the viewer made itself. */
  viewer(principal: Principal): Seen | null {
    switch (principal.kind) {
      case 'anonymous':
        return null;
      case 'operator':
        return { target: consumerTarget(OPERATOR_CALLER), lens: { whose: 'ALL' } };
      case 'user':
      case 'organization': {
        const { owner } = principal;
        if (!rightsOnOwner(principal, owner).read) return null;
        return { target: consumerTarget(owner.id), lens: { whose: 'OWN', callerId: owner.id } };
      }
    }
  }

  async algorithm({ principal }: GraphContext, ref: string): Promise<Seen | null> {
    const viewed = await this.visible(principal, parsed(parseAlgorithmRef, ref));
    return viewed && seen(principal, viewed.rights, algorithmTarget(viewed.algorithm));
  }

  async major({ principal }: GraphContext, ref: string): Promise<Seen | null> {
    const major = parsed(parseMajorRef, ref);
    const viewed = await this.viewed(principal, major);
    if (viewed === null || major === null) return null;
    const { algorithm, rights } = viewed;
    if (!maySeeMajor(principal, rights, algorithm, major.major)) return null;
    const versions = algorithm.catalog.all.within(keysUnder(majorKey(major.major)));
    const ids = versions.map(({ id }) => id);
    return seen(principal, rights, majorTarget(algorithm, major.major, ids));
  }

  async version({ principal }: GraphContext, ref: string): Promise<Seen | null> {
    const parsedRef = parsed(parseVersionRef, ref);
    const viewed = await this.viewed(principal, parsedRef);
    const version = parsedRef && viewed?.algorithm.catalog.find(parsedRef.version.key);
    if (viewed === null || version == null) return null;
    const { algorithm, rights } = viewed;
    const subject = guarded(algorithm, version);
    const sees = maySee(principal, rights, subject, 'read') || maySee(principal, rights, subject, 'resolve');
    return sees ? seen(principal, rights, versionTarget(algorithm, version.id)) : null;
  }

  /** Whether the viewer may be told of a version by its ref, as the registry decides it; each is judged once. */
  names(principal: Principal): (ref: string) => Promise<boolean> {
    const judged = new Map<string, Promise<boolean>>();
    return (ref) => {
      const known = judged.get(ref) ?? this.isListed(principal, ref);
      judged.set(ref, known);
      return known;
    };
  }

  /** Nobody is shown what was taken down. */
  private async isListed(principal: Principal, ref: string): Promise<boolean> {
    const parsedRef = parsed(parseVersionRef, ref);
    const viewed = await this.viewed(principal, parsedRef);
    const version = parsedRef && viewed?.algorithm.catalog.find(parsedRef.version.key);
    if (viewed === null || version == null || version.state === 'TAKEN_DOWN') return false;
    return maySee(principal, viewed.rights, guarded(viewed.algorithm, version), 'read');
  }

  /** An algorithm that the viewer may know of. */
  async visible(principal: Principal, ref: AlgorithmRef | null): Promise<Viewed | null> {
    const viewed = await this.viewed(principal, ref);
    return viewed !== null && maySeeAlgorithm(principal, viewed.rights, viewed.algorithm) ? viewed : null;
  }

  private async viewed(principal: Principal, ref: AlgorithmRef | null): Promise<Viewed | null> {
    const algorithm = ref && (await this.index.find(ref.ownerKey, ref.nameKey));
    return algorithm && { algorithm, rights: rightsOnAlgorithm(principal, algorithm) };
  }
}

function seen(principal: Principal, rights: Rights, target: Target): Seen | null {
  const lens = lensOf(principal, rights);
  return lens && { target, lens };
}

/** A ref that is none names nothing. */
export function parsed<R>(parse: (text: string) => R, ref: string): R | null {
  try {
    return parse(ref);
  } catch (error) {
    if (error instanceof AlgogateError) return null;
    throw error;
  }
}
