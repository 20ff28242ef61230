import { rightsOnAlgorithm } from '../../../auth';
import { AlgogateError } from '../../../domain/errors';
import type { VersionFacts } from '../../../domain/facts';
import type { InterfaceReport } from '../../../domain/interface';
import { maySee } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import { type AlgorithmRef, algorithmNotFound, parseAlgorithmRef } from '../../../domain/ref';
import { parseTarget } from '../../../domain/release';
import { type AlgorithmView, guarded } from '../../../resolution';
import { textWithin } from '../../shared/text';
import { findAlgorithm } from '../access';
import { CheckedInterfaces } from './checked-interfaces';
import type { RegistryParts } from '../services';
import { buildsById } from '../store';
import { versionNotFound } from '../publishing/version-change';

export interface InterfaceQuestion {
  /** `owner/name` */
  readonly algorithm: string;
  /** SDL. */
  readonly interface: string;
  /** A version of the algorithm, bare or as a reference; by default its highest public release. */
  readonly against: string | null;
}

/** Comparing an interface before anything is published. Source: chapter 3, "Interface compatibility". */
export class InterfaceService {
  private readonly checked = new CheckedInterfaces();

  constructor(private readonly parts: RegistryParts) {}

  /**
   * The report that a version with this interface would get; null where there is no public release to compare with.
   * By default it is the same for every caller.
   * @throws AlgogateError INVALID_INPUT saying where the interface is no SDL, TOO_LARGE, NOT_FOUND, GONE, UNAVAILABLE
   * where too many ask
   */
  async check(principal: Principal, question: InterfaceQuestion): Promise<InterfaceReport | null> {
    const ref = parseAlgorithmRef(question.algorithm);
    const sdl = textWithin(question.interface, 'interface') ?? '';
    const target = question.against === null ? null : parseTarget(question.against, ref, 'against');
    const found = await findAlgorithm(this.parts.index, principal, ref);
    if (found === null) throw algorithmNotFound(ref);
    const version =
      target === null
        ? found.algorithm.catalog.public.latest()
        : visibleVersion(principal, found.algorithm, { ...ref, version: target });
    if (version === undefined) return this.checked.report(sdl, null);
    const { build, major } = version;
    return this.checked.report(sdl, { buildId: build.id, major, read: () => this.interfaceOf(build.id) });
  }

  private async interfaceOf(buildId: number): Promise<string | null> {
    const [build] = await buildsById(this.parts.database.reads, [buildId]);
    return build?.interface ?? null;
  }
}

/** @throws AlgogateError NOT_FOUND, the same for one that is missing and one that is hidden; GONE */
function visibleVersion(
  principal: Principal,
  algorithm: AlgorithmView,
  ref: AlgorithmRef & Parameters<typeof versionNotFound>[0],
): VersionFacts {
  const version = algorithm.catalog.find(ref.version.key);
  const rights = rightsOnAlgorithm(principal, algorithm);
  if (version === null || !maySee(principal, rights, guarded(algorithm, version), 'read')) {
    throw versionNotFound(ref, 'against');
  }
  if (version.state === 'TAKEN_DOWN') {
    throw new AlgogateError('GONE', `version ${version.version} was taken down`, ['against']);
  }
  return version;
}
