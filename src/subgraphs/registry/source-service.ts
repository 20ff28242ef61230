import { rightsOnAlgorithm } from '../../auth';
import { maySeeSource, type Purpose } from '../../domain/permissions';
import type { Principal } from '../../domain/principal';
import { parseReference } from '../../domain/reference';
import { guarded } from '../../resolution';
import type { RegistryParts } from './services';

/** Who may read what a build was made from. Source: chapter 2, `sourceVisibility`. */
export class SourceService {
  constructor(private readonly parts: Pick<RegistryParts, 'index'>) {}

  /**
   * Whether `principal`, who may see a version or an unpublished build for `purpose`, may read its source too. From
   * memory, without a query.
   * @param canonical `owner/name/1.2.3`, or with a SHA
   */
  async mayRead(principal: Principal, canonical: string, purpose: Purpose): Promise<boolean> {
    const { ownerKey, nameKey, selector } = parseReference(canonical);
    const algorithm = await this.parts.index.find(ownerKey, nameKey);
    if (algorithm === null) return false;
    const rights = rightsOnAlgorithm(principal, algorithm);
    if (selector.kind !== 'FULL') return rights[purpose] && rights.role !== null;
    const version = algorithm.catalog.find(selector.version.key);
    if (version === null || version.state === 'TAKEN_DOWN') return false;
    return maySeeSource(principal, rights, guarded(algorithm, version), purpose);
  }
}
