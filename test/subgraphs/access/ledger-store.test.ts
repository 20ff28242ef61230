import { readRuns } from '../../../src/subgraphs/access/ledger/store';
import { DATABASES } from '../../builders/databases';
import { Histories } from '../../ledger/history';
import { commitMany } from '../../ledger/support';

describe.each(DATABASES)('runs of the ledger on %s', (_name, create) => {
  let world: Histories;
  beforeAll(async () => {
    world = await Histories.open(create);
  });
  afterAll(() => world.close());

  test('of what hardly matches, a bounded part is looked at; pages go on from there, and find all of it', async () => {
    const owner = await world.owner('Acme', 3);
    await commitMany(world.database, owner, 500);
    await world.note(owner, 'public', 9);
    const run = { ownerId: owner.id, action: null, subject: 'acme/detect', limit: 3 };
    const found: number[] = [];
    const ends: (number | null)[] = [];
    let before: number | null = null;
    do {
      const [page] = await readRuns(world.database.reads, [{ ...run, before }], 100);
      found.push(...(page?.entries ?? []).map(({ sequence }) => sequence));
      ends.push(page?.lookedTo ?? null);
      before = page?.lookedTo ?? null;
    } while (before !== null);
    expect(found).toEqual([4, 3, 2, 1]);
    expect(ends).toHaveLength(6);
    expect(ends.every((end, at) => end === null || end < (ends[at - 1] ?? Infinity))).toBe(true);
  });

  test('each has its own, in its order, filtered or not', async () => {
    const [beta, gamma] = [await world.owner('Beta', 2, 1), await world.owner('Gamma', 3)];
    const run = { before: null, limit: 10 };
    const found = await readRuns(world.database.reads, [
      { ...run, ownerId: gamma.id, action: 'owner.created', subject: null },
      { ...run, ownerId: beta.id, action: null, subject: null },
      { ...run, ownerId: 4711, action: null, subject: null },
      { ...run, ownerId: gamma.id, action: null, subject: null, limit: 2 },
    ]);
    const shown = found.map(({ entries }) => entries.map(({ chain, sequence }) => `${chain} ${sequence}`));
    expect(shown).toEqual([
      ['public 1'],
      ['private 1', 'public 2', 'public 1'],
      [],
      ['public 3', 'public 2'],
    ]);
    expect(found.map(({ lookedTo }) => lookedTo)).toEqual([null, null, null, null]);
  });
});
