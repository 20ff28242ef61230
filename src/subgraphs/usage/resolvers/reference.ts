import type { References } from '../../../gateway';
import type { GraphContext } from '../../shared/context';
import { keyedReferences } from '../../shared/keyed-references';
import { viewerId } from '../../shared/viewer-id';

export const references: References<GraphContext> = {
  ...keyedReferences,
  // the viewer is whoever asks, whatever id was sent
  Viewer: (asked, { principal }) => {
    const id = viewerId(principal);
    return Promise.resolve(asked.map(() => (id === null ? null : { id })));
  },
};
