import type { Page } from '../shared/paging';

/** What is asked for a page at a time. */
export interface PagedKey {
  readonly page: Page;
}

/**
 * The batch function of a loader of pages: the keys of one selection of a query have one page, and are read at once.
 * @param read the rows of some keys, a page of each, in order
 * @param ownerOf what rows and keys have alike
 */
export function batchesByPage<Key extends PagedKey & Owner, Row extends Owner, Owner extends object>(
  read: (keys: readonly Key[], page: Page) => Promise<readonly Row[]>,
  ownerOf: (owner: Owner) => string,
): (keys: readonly Key[]) => Promise<readonly (readonly Row[])[]> {
  return async (keys) => {
    const byPage = new Map<string, Key[]>();
    for (const key of keys) {
      const page = JSON.stringify(key.page);
      byPage.set(page, [...(byPage.get(page) ?? []), key]);
    }
    const found = new Map<Key, Row[]>();
    for (const group of byPage.values()) {
      const [first] = group;
      if (first === undefined) continue;
      const rows = grouped(await read(group, first.page), ownerOf);
      for (const key of group) found.set(key, rows.get(ownerOf(key)) ?? []);
    }
    return keys.map((key) => found.get(key) ?? []);
  };
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? [];
    groups.set(keyOf(row), group);
    group.push(row);
  }
  return groups;
}
