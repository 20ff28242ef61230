import type { OwnerId } from '../../../domain/principal';
import type { UsageLoaders } from '../loaders';

/**
 * Which of these are of algorithms of an owner. They are looked up by what was called: how many algorithms the owner
 * has besides, that the viewer may not know of, shows in nothing.
 */
export async function ownedBy<T extends { readonly algorithmId: number | null }>(
  { providers }: Pick<UsageLoaders, 'providers'>,
  ownerId: OwnerId,
  calls: readonly T[],
): Promise<T[]> {
  const ids = [...new Set(calls.map(({ algorithmId }) => algorithmId))].filter((id) => id !== null);
  const owners = await Promise.all(ids.map((id) => providers.load(id)));
  const owned = new Set<number | null>(ids.filter((_, at) => owners[at] === ownerId));
  return calls.filter(({ algorithmId }) => owned.has(algorithmId));
}
