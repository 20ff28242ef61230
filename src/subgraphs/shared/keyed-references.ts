/** What the gateway knows of an entity of a slice that extends it: its key. */
type Keyed = Readonly<Record<string, unknown>>;

/**
 * Entities as the gateway asks a slice for them that has nothing of them but fields of its own, all of a kind at once.
 * They are their keys: every such field decides for itself what the viewer may know, and reads in batches.
 */
export const keyedReferences = {
  Owner: (asked: readonly Keyed[]) => keyed(asked, 'handle'),
  Algorithm: (asked: readonly Keyed[]) => keyed(asked, 'ref'),
  Major: (asked: readonly Keyed[]) => keyed(asked, 'ref'),
  Version: (asked: readonly Keyed[]) => keyed(asked, 'ref'),
} as const;

function keyed(asked: readonly Keyed[], key: string): Promise<object[]> {
  return Promise.resolve(asked.map((entity) => ({ [key]: String(entity[key]) })));
}
