import { Child, COMMAND_FLAGS } from '../tools/child';
import { figure, type Row, type Section } from '../tools/report';
import { Registry } from '../tools/registry';
import { median } from '../tools/statistics';
import { onMysql, onSqlite } from '../tools/workspace';

const ROUNDS = 3;
const PER_ROUND = 80;
const OWNERS = Array.from({ length: 10 }, (_, at) => `owner${at}`);
const BACKEND = 'http://127.0.0.1:9/never-called';

interface Rates {
  readonly one: readonly number[];
  readonly ten: readonly number[];
}

/** Publications through the graph, a second, on each database. */
export async function publishing(): Promise<Section> {
  const sqlite = await ratesOn(onSqlite());
  const mysql = await onMysql();
  const rows = rowsOf('SQLite', sqlite);
  if (mysql !== null) rows.push(...rowsOf('MySQL or MariaDB', await ratesOn(mysql)));
  return {
    title: 'Publishing',
    rows,
    notes: [
      '`publishVersion` over HTTP, of builds that were registered before; each owner publishes one version after the other. Replica, clients and database share both cores. A publication is one transaction, durable as the database is set up, with an entry of the ledger; SQLite writes one at a time, in WAL mode with `synchronous = NORMAL`.',
      ...(mysql === null ? ['No MySQL or MariaDB answered: left out.'] : []),
    ],
  };
}

async function ratesOn(variables: Readonly<Record<string, string>>): Promise<Rates> {
  const replica = Child.start('servers/replica', null, COMMAND_FLAGS);
  const registry = new Registry(await replica.ask<string>('start', variables));
  for (const owner of OWNERS) {
    await registry.user(owner);
    await registry.algorithm(owner, 'cells');
  }
  const found: { one: number[]; ten: number[] } = { one: [], ten: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const one = await publish(registry, OWNERS.slice(0, 1), round * 2);
    const ten = await publish(registry, OWNERS, round * 2 + 1);
    if (round === 0) continue; // the warm-up
    found.one.push(one);
    found.ten.push(ten);
  }
  await replica.end();
  return found;
}

/** @returns publications a second, `PER_ROUND` of them shared by the owners, all of one line */
async function publish(registry: Registry, owners: readonly string[], line: number): Promise<number> {
  const each = PER_ROUND / owners.length;
  const versions = Array.from({ length: each }, (_, patch) => `1.${line}.${patch}`);
  for (const owner of owners) {
    for (const version of versions) await registry.build(`${owner}/cells`, version, BACKEND);
  }
  const began = performance.now();
  await Promise.all(
    owners.map(async (owner) => {
      for (const version of versions) await registry.publish(`${owner}/cells`, version, false);
    }),
  );
  return PER_ROUND / ((performance.now() - began) / 1000);
}

function rowsOf(database: string, { one, ten }: Rates): Row[] {
  const row = (what: string, rates: readonly number[]): Row => ({
    what: `${database}, ${what}`,
    ours: `${figure(median(rates))}/s (${figure(Math.min(...rates))} to ${figure(Math.max(...rates))})`,
    reference: '',
    ratio: '',
    target: '',
  });
  return [row('one owner', one), row('ten owners in parallel', ten)];
}
