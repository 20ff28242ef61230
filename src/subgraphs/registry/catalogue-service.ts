import { authorise, authorisePast, type Authorised, maySeeMajor, rightsOnAlgorithm } from '../../auth';
import { isPublishedOrTakenDown } from '../../domain/build-index';
import type { AsOf } from '../../domain/as-of';
import { AlgogateError } from '../../domain/errors';
import { nameKey } from '../../domain/name';
import { maySee } from '../../domain/permissions';
import type { Principal } from '../../domain/principal';
import {
  type AlgorithmRef,
  algorithmNotFound,
  parseAlgorithmRef,
  parseMajorRef,
  parseVersionRef,
  type VersionRef,
} from '../../domain/ref';
import { parseReference, type Reference } from '../../domain/reference';
import { EDGE, STABLE } from '../../domain/release';
import { notFoundMessage } from '../../domain/resolve';
import { trace, type TraceStep } from '../../domain/trace';
import type { SelectorKind } from '../../domain/terms';
import {
  type AlgorithmView,
  type Answer,
  answer,
  canonicalOf,
  positionOf,
  guarded,
  warningsOf,
} from '../../resolution';
import type { Page } from '../shared/paging';
import { findAlgorithm, type VisibleAlgorithm } from './access';
import { algorithmLens, versionLens } from './lens';
import type { AlgorithmRecord, ChannelFacts, OwnerRecord, VersionRecord } from './records';
import type { RegistryParts } from './services';
import { algorithmsPage, ownersByKey, versionsPage } from './store';

/** A version by its place in an algorithm: rows are loaded from this in batches. */
export interface VersionKey {
  readonly versionId: number;
}

/** What a reference names, for the graph. */
export interface ResolutionRecord {
  readonly reference: string;
  readonly rule: string;
  readonly canonical: string;
  readonly selector: SelectorKind;
  readonly position: string;
  readonly trace: readonly TraceStep[];
  readonly warnings: readonly string[];
  readonly versionId: number | null;
  readonly buildId: number;
  /** All that it is told from. */
  readonly answer: Answer;
}

/** Reading the catalogue, each principal what it may see. Source: chapter 2, "Who sees what". */
export class CatalogueService {
  constructor(private readonly parts: RegistryParts) {}

  /** @throws AlgogateError NOT_FOUND */
  async owner(handle: string): Promise<OwnerRecord> {
    const [owner] = await ownersByKey(this.parts.database.reads, [nameKey(handle)]);
    if (owner === undefined) throw new AlgogateError('NOT_FOUND', `owner ${handle} not found`);
    return owner;
  }

  /** @throws AlgogateError INVALID_INPUT, NOT_FOUND */
  async algorithm(principal: Principal, text: string): Promise<VisibleAlgorithm> {
    return this.visible(principal, parseAlgorithmRef(text, 'ref'));
  }

  /**
   * A major, where some version of it is for the eyes of the principal; members also see one that is only configured.
   * @throws AlgogateError INVALID_INPUT, NOT_FOUND
   */
  async major(principal: Principal, text: string): Promise<{ algorithm: AlgorithmView; number: number }> {
    const ref = parseMajorRef(text, 'ref');
    const found = await findAlgorithm(this.parts.index, principal, ref);
    if (found === null || !maySeeMajor(principal, found.rights, found.algorithm, ref.major)) {
      throw new AlgogateError('NOT_FOUND', `major algo://${ref.owner}/${ref.name}/${ref.major} not found`);
    }
    return { algorithm: found.algorithm, number: ref.major };
  }

  /** @throws AlgogateError INVALID_INPUT, NOT_FOUND, GONE */
  async version(principal: Principal, text: string): Promise<VersionKey> {
    const undecided = await this.unpublished(principal, parseVersionRef(text, 'ref'));
    if (undecided !== null) return undecided;
    const reference = parseReference(text);
    const found = authorise(principal, reference, await answer(this.parts.index, reference), 'read');
    if (found.resolved.version === null) throw new AlgogateError('NOT_FOUND', notFoundMessage(reference));
    return { versionId: found.resolved.version.id };
  }

  /**
   * Resolve first, authorise then.
   * @param asOf a past moment; null: now
   * @throws AlgogateError INVALID_REFERENCE, INVALID_INPUT, NOT_FOUND, GONE
   */
  async resolve(principal: Principal, text: string, asOf: AsOf | null): Promise<ResolutionRecord> {
    const reference = parseReference(text);
    const found = await this.found(principal, reference, asOf);
    const { resolved, algorithm } = found;
    return {
      reference: reference.written,
      canonical: canonicalOf(found),
      selector: resolved.kind,
      rule: resolved.rule,
      position: positionOf(found),
      trace: trace(algorithm.catalog, reference.selector, resolved),
      warnings: warningsOf(found),
      versionId: resolved.version?.id ?? null,
      buildId: resolved.build.id,
      answer: found,
    };
  }

  async algorithms(
    principal: Principal,
    filter: { readonly search: string | null; readonly owner: string | null; readonly tag: string | null },
    page: Page,
  ): Promise<AlgorithmRecord[]> {
    const { search, owner, tag } = filter;
    const ownerKey = owner === null ? null : nameKey(owner);
    return algorithmsPage(
      this.parts.database.reads,
      algorithmLens(principal),
      { search, ownerKey, tag },
      page,
    );
  }

  async versions(
    principal: Principal,
    ref: AlgorithmRef,
    filter: { readonly major: number | null; readonly includeYanked: boolean },
    page: Page,
  ): Promise<VersionRecord[]> {
    const { algorithm, rights } = await this.visible(principal, ref);
    const lens = versionLens(principal, rights, algorithm);
    return versionsPage(this.parts.database.reads, algorithm.id, lens, filter, page);
  }

  /** The majors of an algorithm that the principal may know of, lowest first. */
  async majors(principal: Principal, ref: AlgorithmRef): Promise<number[]> {
    const found = await this.visible(principal, ref);
    return [...found.algorithm.standing.permissions.keys()]
      .filter((number) => maySeeMajor(principal, found.rights, found.algorithm, number))
      .sort((a, b) => a - b);
  }

  /** The channels of an algorithm and what each names, by name. */
  async channels(principal: Principal, ref: AlgorithmRef): Promise<ChannelFacts[]> {
    const { algorithm } = await this.visible(principal, ref);
    const { public: catalog } = algorithm.catalog;
    const names = new Set([EDGE, STABLE, ...catalog.pointerNames]);
    return [...names].sort().map((name) => ({
      algorithmId: algorithm.id,
      algorithmRef: `${algorithm.owner.handle}/${algorithm.name}`,
      name,
      versionId: catalog.channel(name)?.id ?? null,
      computed: !catalog.isPointer(name),
    }));
  }

  /** The highest public release of an algorithm, or of one of its majors. */
  async latest(principal: Principal, ref: AlgorithmRef, major?: number): Promise<VersionKey | null> {
    const { algorithm } = await this.visible(principal, ref);
    const { public: catalog } = algorithm.catalog;
    const version = major === undefined ? catalog.latest() : catalog.latestOf(major);
    return version === undefined ? null : { versionId: version.id };
  }

  /** Whether the principal reads the algorithm as one of its owner's members. */
  async isMember(principal: Principal, ref: AlgorithmRef): Promise<boolean> {
    const found = await findAlgorithm(this.parts.index, principal, ref);
    return found !== null && found.rights.read && found.rights.role !== null;
  }

  /** A version that waits for its approval, or did not get it: no reference names it, and members see it. */
  private async unpublished(principal: Principal, ref: VersionRef): Promise<VersionKey | null> {
    const algorithm = await this.parts.index.find(ref.ownerKey, ref.nameKey);
    const version = algorithm?.catalog.find(ref.version.key) ?? null;
    if (algorithm === null || version === null || isPublishedOrTakenDown(version)) return null;
    const rights = rightsOnAlgorithm(principal, algorithm);
    return maySee(principal, rights, guarded(algorithm, version), 'read') ? { versionId: version.id } : null;
  }

  private async found(principal: Principal, reference: Reference, asOf: AsOf | null): Promise<Authorised> {
    const { index, past } = this.parts;
    return asOf === null
      ? authorise(principal, reference, await answer(index, reference), 'resolve')
      : authorisePast(principal, reference, await past.answer(reference, asOf), 'resolve');
  }

  /** @throws AlgogateError NOT_FOUND */
  private async visible(principal: Principal, ref: AlgorithmRef): Promise<VisibleAlgorithm> {
    const found = await findAlgorithm(this.parts.index, principal, ref);
    if (found === null) throw algorithmNotFound(ref);
    return found;
  }
}
