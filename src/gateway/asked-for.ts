import type { DocumentNode } from 'graphql';
import { HttpFailure } from './http-failure';
import { isData, shapeOf, type Shape } from './shape';
import type { Data } from './types';

/** Lists and objects within one another, those of leaves included: JSON of more overflows the stack of whoever writes it. */
const MAX_NESTING = 500;

const shapes = new WeakMap<DocumentNode, Shape>();

/**
 * Takes from `data`, in place, all that `document` does not ask for: what a subgraph adds of its own would be merged
 * into what others say of the same entity.
 * @throws HttpFailure `foreign` where it is nested too deeply
 */
export function keepAskedFor(data: Data, document: DocumentNode): void {
  const shape = shapes.get(document) ?? shapeOf(document);
  shapes.set(document, shape);
  keep(data, shape, 0);
}

function keep(value: unknown, shape: Shape | null, level: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (level > MAX_NESTING) throw new HttpFailure('foreign', 'It is nested too deeply.');
  if (Array.isArray(value)) {
    for (const item of value) keep(item, shape, level + 1);
    return;
  }
  if (!isData(value)) return;
  for (const key of Object.keys(value)) {
    if (shape === null) keep(value[key], null, level + 1);
    else if (shape.has(key)) keep(value[key], shape.get(key) ?? null, level + 1);
    else Reflect.deleteProperty(value, key);
  }
}
