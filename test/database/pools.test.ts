import type { Database, PoolState } from '../../src/database';
import { describeOnEachDatabase } from '../builders/databases';

const POOL_SIZE = 8;

/** A door that opens once. */
function newGate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** One more write than there are connections, all begun that can begin, then what the pool of writers says. */
async function writerWhileBusy(database: Database, connections: number): Promise<PoolState | undefined> {
  const gate = newGate();
  let begun = 0;
  const allBegun = newGate();
  const writes = Array.from({ length: connections + 1 }, () =>
    database.write(async () => {
      begun += 1;
      if (begun === connections) allBegun.open();
      await gate.passed;
    }),
  );
  await allBegun.passed;
  const [writer] = database.pools;
  gate.open();
  await Promise.all(writes);
  return writer;
}

describeOnEachDatabase('the pools', (open) => {
  test('say who holds a connection, and who waits for one', async () => {
    const database = await open();
    const sqlite = database.dialect === 'sqlite';
    const connections = sqlite ? 1 : POOL_SIZE;
    expect(await writerWhileBusy(database, connections)).toEqual({
      name: 'writer',
      inUse: connections,
      free: 0,
      waiting: 1,
    });
    const names = ['writer', 'reader', 'snapshots', ...(sqlite ? ['long_snapshots'] : [])];
    const idle = database.pools;
    expect(idle.map(({ name, inUse, waiting }) => ({ name, inUse, waiting }))).toEqual(
      names.map((name) => ({ name, inUse: 0, waiting: 0 })),
    );
    expect(idle[0]?.free).toBe(connections);
  });
});
