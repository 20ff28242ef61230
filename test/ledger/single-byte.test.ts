import fc from 'fast-check';

import type { Entry } from '../../src/ledger';
import { DATABASES } from '../builders/databases';
import { Histories } from './history';
import { allEntries } from './support';

/** Chapter 7, "How it is tested", 5: whatever is changed of an entry, and be it one byte, is found. */

const TEXTS = ['chain', 'actor', 'action', 'subject', 'changeJson', 'previousHash', 'hash'] as const;
const NUMBERS = ['ownerId', 'sequence', 'at'] as const;
const COLUMNS: Readonly<Record<string, string>> = {
  ownerId: 'owner_id',
  changeJson: 'change_json',
  previousHash: 'previous_hash',
};

describe.each(DATABASES)('single bytes of entries on %s', (_name, create) => {
  let world: Histories;
  let rows: Entry[];
  beforeAll(async () => {
    world = await Histories.open(create);
    const owners = [await world.owner('Acme', 4, 3), await world.owner('Beta', 4, 3)];
    await world.signer.signMoved();
    rows = (await Promise.all(owners.map((owner) => allEntries(world.database, owner)))).flat();
    await world.allowTampering();
  });
  afterAll(() => world.close());

  /** Whether the database took it. */
  async function set(row: Entry, column: string, value: string | number): Promise<boolean> {
    const { ownerId, chain, sequence } = row;
    const sql = `UPDATE ledger_entries SET ${COLUMNS[column] ?? column} = ? WHERE owner_id = ? AND chain = ? AND sequence = ?`;
    return world.run(sql, [value, ownerId, chain, sequence]).then(
      () => true,
      () => false,
    );
  }

  const text = fc.record({
    column: fc.constantFrom(...TEXTS),
    at: fc.nat(),
    to: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
  const number = fc.record({ column: fc.constantFrom(...NUMBERS), bit: fc.nat(40) });
  const change = fc.oneof({ weight: 7, arbitrary: text }, { weight: 3, arbitrary: number });

  test('every one that is changed is found', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), change, async (which, changed) => {
        const row = rows[which % rows.length];
        const before = row?.[changed.column];
        fc.pre(row !== undefined && before !== null && before !== undefined);
        const after =
          'bit' in changed ? withBit(Number(before), changed.bit) : withByte(String(before), changed);
        fc.pre(after !== before && (await set(row, changed.column, after)));
        const faults = await world.verify();
        expect(await set({ ...row, [changed.column]: after }, changed.column, before)).toBe(true);
        expect(faults).not.toEqual([]);
        found += 1;
      }),
      { numRuns: 150 },
    );
    expect(found).toBe(150);
    expect(await world.verify()).toEqual([]);
  });
});

function withByte(text: string, { at, to }: { readonly at: number; readonly to: string }): string {
  const place = at % text.length;
  return `${text.slice(0, place)}${to}${text.slice(place + 1)}`;
}

/** Bits above the 32nd are of times alone: the other columns have no more. */
function withBit(value: number, bit: number): number {
  return Number(BigInt(value) ^ (1n << BigInt(bit)));
}
