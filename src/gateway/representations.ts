import type { RequiresSelection } from '@graphql-hive/router-query-planner';
import type { Data } from './types';
import { isData } from './shape';

/** What types mean to the subgraph that is asked. */
export interface Naming {
  /** An object of type `typename` is to be asked for under `... on condition`. */
  readonly matches: (typename: string, condition: string) => boolean;
  /**
   * What an object of type `typename` within the entity is to be called; null where its type goes without saying. Plans
   * do not require the name, but of an interface or a union nobody could tell what the rest is of.
   */
  readonly nameOf: (typename: string) => string | null;
}

/** What a subgraph is given to find an entity by. */
export interface Representation extends Data {
  __typename: string;
}

/**
 * The representation of `entity` that a fetch requires; null when the entity has not got it, and so must not be
 * asked for: a key is null, or a field that the fetch builds upon is missing because its own fetch failed.
 * In `requires`, `name` is the key in the gateway's data and `alias` the key in the representation (chapter 5).
 */
export function representationOf(
  requires: readonly RequiresSelection[],
  entity: Data,
  naming: Naming,
): Representation | null {
  const representation: Data = {};
  if (!fill(representation, requires, entity, naming) || !isNamed(representation)) return null;
  const fields = Object.keys(representation).filter((key) => key !== '__typename');
  return fields.length > 0 && fields.every((key) => representation[key] === null) ? null : representation;
}

function isNamed(data: Data): data is Representation {
  return typeof data['__typename'] === 'string';
}

function fill(into: Data, selections: readonly RequiresSelection[], from: Data, naming: Naming): boolean {
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const value = select(from[selection.name], selection.selections, naming);
      if (value === undefined) return false;
      into[selection.alias ?? selection.name] = value;
    } else if (selection.kind === 'InlineFragment') {
      if (applies(selection, from, naming) && !fill(into, selection.selections, from, naming)) return false;
    } else {
      return false;
    }
  }
  return true;
}

function applies(
  fragment: Extract<RequiresSelection, { kind: 'InlineFragment' }>,
  entity: Data,
  naming: Naming,
): boolean {
  const typename = entity['__typename'];
  return typeof typename !== 'string' || naming.matches(typename, fragment.typeCondition);
}

function select(
  value: unknown,
  selections: readonly RequiresSelection[] | null | undefined,
  naming: Naming,
): unknown {
  if (value === null || value === undefined) return value;
  if (selections == null || selections.length === 0) return toJson(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => select(item, selections, naming));
    return items.includes(undefined) ? undefined : items;
  }
  if (!isData(value)) return undefined;
  const part: Data = {};
  const typename = value['__typename'];
  const name = typeof typename === 'string' ? naming.nameOf(typename) : null;
  if (name !== null) part['__typename'] = name;
  return fill(part, selections, value, naming) ? part : undefined;
}

/** What a subgraph in another process would get: the same program must work embedded and distributed. */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'object' ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
}
