/** What the gateway knows of an entity of this slice: its key. */
type Keyed = Readonly<Record<string, unknown>>;
type Resolve = (asked: readonly Keyed[]) => Promise<object[]>;

/**
 * Entities as the gateway asks for them, all of a kind at once. They are their keys: every field of them that this
 * slice has decides for itself what the viewer may know, and reads in batches.
 */
export const references: Readonly<Record<string, Resolve>> = {
  Owner: (asked) => keyed(asked, 'handle'),
  Algorithm: (asked) => keyed(asked, 'ref'),
  Major: (asked) => keyed(asked, 'ref'),
  Version: (asked) => keyed(asked, 'ref'),
};

function keyed(asked: readonly Keyed[], key: string): Promise<object[]> {
  return Promise.resolve(asked.map((entity) => ({ [key]: String(entity[key]) })));
}
