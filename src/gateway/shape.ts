import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';
import type { Data } from './types';
import type { TypeRelations } from './type-relations';

/**
 * The response keys of one fetch: a nested shape for a field with a selection, null for a leaf. Merging goes by it
 * and not by what the values look like: a leaf may be an object of the subgraph's own (a JSON scalar), which must
 * be neither walked nor written to.
 */
export type Shape = ReadonlyMap<string, Shape | null>;
type OpenShape = Map<string, OpenShape | null>;

/** The shape of the operation in `document`, fragments spread out. */
export function shapeOf(document: DocumentNode): Shape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const shape: OpenShape = new Map();
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) collect(node.selectionSet, fragments, shape);
  }
  return shape;
}

function collect(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  into: OpenShape,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const known = into.get(key) ?? null;
      const child = selection.selectionSet ? (known ?? new Map<string, OpenShape | null>()) : known;
      into.set(key, child);
      if (selection.selectionSet && child) collect(selection.selectionSet, fragments, child);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      collect(selection.selectionSet, fragments, into);
    } else {
      const fragment = fragments.get(selection.name.value);
      if (fragment) collect(fragment.selectionSet, fragments, into);
    }
  }
}

/** `shape` after the key at the end of `path` was renamed: both names are known, as only some types are renamed. */
export function renamedShape(shape: Shape | null, path: readonly string[], to: string): Shape | null {
  const [key, ...rest] = path;
  if (shape === null || key === undefined || !shape.has(key)) return shape;
  const renamed = new Map(shape);
  const child = shape.get(key) ?? null;
  if (rest.length === 0) renamed.set(to, union(child, shape.get(to) ?? null));
  else renamed.set(key, renamedShape(child, rest, to));
  return renamed;
}

function union(left: Shape | null, right: Shape | null): Shape | null {
  if (left === null || right === null) return left ?? right;
  const both = new Map(left);
  for (const [key, child] of right) both.set(key, union(child, both.get(key) ?? null));
  return both;
}

/**
 * Merges what a subgraph answered into the gateway's data, as far as it was asked for it. Objects and lists are merged
 * in depth; of two values the later wins, except that null never hides a value, and that nothing hides the name of an
 * object type: a subgraph with `@interfaceObject` gives that of the interface as `__typename`.
 */
export function merge(target: Data, source: Data, shape: Shape | null, types: TypeRelations): void {
  for (const key of Object.keys(source)) {
    if (shape !== null && !shape.has(key)) continue;
    const incoming = source[key];
    const existing = target[key];
    if (existing === undefined || existing === null) {
      target[key] = incoming;
    } else if (incoming !== undefined && incoming !== null) {
      const child = shape?.get(key) ?? null;
      if (child !== null) target[key] = mergeValue(existing, incoming, child, types);
      else if (key !== '__typename' || !(typeof existing === 'string' && types.isObjectType(existing)))
        target[key] = incoming;
    }
  }
}

function mergeValue(existing: unknown, incoming: unknown, shape: Shape, types: TypeRelations): unknown {
  if (incoming === null || incoming === undefined) return existing;
  if (Array.isArray(existing) && Array.isArray(incoming)) {
    for (let index = 0; index < incoming.length; index++) {
      existing[index] = mergeValue(existing[index], incoming[index], shape, types);
    }
    return existing;
  }
  if (isData(existing) && isData(incoming)) {
    merge(existing, incoming, shape, types);
    return existing;
  }
  return incoming;
}

/** A copy that shares its leaves only: two places of the data must never share an object that grows. */
export function cloneByShape(value: unknown, shape: Shape | null): unknown {
  if (shape === null || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => cloneByShape(item, shape));
  const copy: Data = Object.create(null) as Data;
  for (const [key, child] of Object.entries(value)) copy[key] = cloneByShape(child, shape.get(key) ?? null);
  return copy;
}

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
