import type { VersionRecord } from './records';

/**
 * Why no channel may point to a version, in words; null where one may. The same as `isPublicVersion` of the domain, by
 * the row. Source: chapter 3, "A pointer never names a private, pending, yanked or taken-down version".
 */
export function unnameable({
  visibility,
  state,
  yankedAt,
}: Pick<VersionRecord, 'visibility' | 'state' | 'yankedAt'>): string | null {
  switch (state) {
    case 'PENDING_APPROVAL':
      return 'waits for its approval';
    case 'REJECTED':
      return 'was rejected';
    case 'TAKEN_DOWN':
      return 'was taken down';
    case 'PUBLISHED':
      if (visibility === 'PRIVATE') return 'is private';
      return yankedAt === null ? null : 'is yanked';
  }
}
