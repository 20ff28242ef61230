import type { References } from '../../../gateway';
import type { GraphContext } from '../../shared/context';
import { viewerOf } from '../types';

/** What the gateway knows of an entity of this slice: its key. */
type Keyed = Readonly<Record<string, unknown>>;
/**
 * Entities as the gateway asks for them, all of a kind at once. They are their keys: every field of them that this
 * slice has decides for itself what the viewer may know, and reads in batches.
 */
export const references: References<GraphContext> = {
  Owner: (asked) => keyed(asked, 'handle'),
  Algorithm: (asked) => keyed(asked, 'ref'),
  Major: (asked) => keyed(asked, 'ref'),
  Version: (asked) => keyed(asked, 'ref'),
  // the viewer is whoever asks, whatever id was sent
  Viewer: (asked, { principal }) => {
    const viewer = viewerOf(principal);
    return Promise.resolve(asked.map(() => viewer));
  },
};

function keyed(asked: readonly Keyed[], key: string): Promise<object[]> {
  return Promise.resolve(asked.map((entity) => ({ [key]: String(entity[key]) })));
}
