import type { PastCost } from '../servers/past';
import { Child } from '../tools/child';
import { figure, type Row, type Section } from '../tools/report';
import { onMysql, onSqlite } from '../tools/workspace';

const ENTRIES = 10_000;
const TARGET = 'under 50 ms';

/** Resolutions as of a past moment, from a long history, beside live ones. Source: chapter 1, "As of". */
export async function asOf(): Promise<Section> {
  const sqlite = await costOn(onSqlite());
  const mysql = await onMysql();
  const rows = rowsOf('SQLite', sqlite);
  if (mysql !== null) rows.push(...rowsOf('MySQL or MariaDB', await costOn(mysql)));
  return {
    title: 'As of a past moment',
    rows,
    notes: [
      `One algorithm with ${figure(ENTRIES)} entries in the ledger of its owner: ${figure(ENTRIES / 2)} builds, each published. The median of fifteen rounds, in the process. Measured against the live answer that knows as much beforehand: nothing; the algorithm.`,
      'First answer: the history is read, for PARTIAL that of the public chain, for FULL that of both; in a process that has nothing in memory the algorithm is, too. Another moment: the history is in memory, the catalogue of then is made from it; by time the database says how far the ledger had come. The same moment: its catalogue is in memory too.',
      ...(mysql === null ? ['No MySQL or MariaDB answered: left out.'] : []),
    ],
  };
}

async function costOn(variables: Readonly<Record<string, string>>): Promise<PastCost> {
  const child = Child.start('servers/past', 'server');
  await child.ask('open', variables);
  await child.ask('fill', ENTRIES);
  const cost = await child.ask<PastCost>('measure');
  await child.end();
  return cost;
}

function rowsOf(database: string, cost: PastCost): Row[] {
  const row = (what: string, past: number, live: number, target: string): Row => ({
    what: `${database}, ${what}`,
    ours: `${figure(past)} ms`,
    reference: `${figure(live)} ms`,
    ratio: `**${figure(past / live)}**`,
    target,
  });
  return [
    row('first answer of a process, PARTIAL', cost.firstPartial, cost.firstLive, ''),
    row('first answer of a process, FULL', cost.firstFull, cost.firstLive, ''),
    row('first answer where the algorithm is in memory, PARTIAL', cost.besidePartial, cost.live, TARGET),
    row('first answer where the algorithm is in memory, FULL', cost.besideFull, cost.live, TARGET),
    row('another moment, by position', cost.otherPosition, cost.live, TARGET),
    row('another moment, by time', cost.otherTime, cost.live, TARGET),
    row('the same moment', cost.again, cost.live, TARGET),
  ];
}
