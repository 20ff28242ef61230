import type { References } from '../../../gateway';
import type { GraphContext } from '../../shared/context';
import { viewerId } from '../../shared/viewer-id';

/** What the gateway knows of an entity of this slice: its key. */
type Keyed = Readonly<Record<string, unknown>>;

/**
 * Entities as the gateway asks for them, all of a kind at once. They are their keys: every field of them that this
 * slice has decides for itself what the viewer may know, and reads in batches. The viewer is whoever asks, whatever
 * id was sent.
 */
export const references: References<GraphContext> = {
  Owner: (asked) => keyed(asked, 'handle'),
  Algorithm: (asked) => keyed(asked, 'ref'),
  Major: (asked) => keyed(asked, 'ref'),
  Version: (asked) => keyed(asked, 'ref'),
  Viewer: (asked, { principal }) => {
    const id = viewerId(principal);
    return Promise.resolve(asked.map(() => (id === null ? null : { id })));
  },
};

function keyed(asked: readonly Keyed[], key: string): Promise<object[]> {
  return Promise.resolve(asked.map((entity) => ({ [key]: String(entity[key]) })));
}
