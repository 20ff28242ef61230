import type { Reference } from '../../../src/gateway';
import type { Row } from '../world';

/** The first row whose `key` is `value`; null when there is none. */
export function find(rows: readonly Row[], key: string, value: unknown): Row | null {
  return rows.find((row) => JSON.stringify(row[key]) === JSON.stringify(value)) ?? null;
}

/** Loads entities by the first of `keys` that a reference has. */
export function loadedBy(rows: readonly Row[], ...keys: string[]): (reference: Reference) => Row | null {
  return (reference) => {
    const key = keys.find((name) => reference[name] !== undefined);
    return key === undefined ? null : find(rows, key, reference[key]);
  };
}

/** Gives back what it was asked with: the subgraph knows no more of an entity than its reference. */
export function asGiven(reference: Reference): Row {
  return reference;
}
