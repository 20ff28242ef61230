import type { Database } from '../../database';
import type { Follower } from '../../ledger';
import type { Families } from './families';

/** The connections to the database, and who waits for them. */
export function databaseFamilies(families: Families, database: Database, follower: Follower): void {
  families.gauge('algogate_database_away', '1 while the database does not answer.', () =>
    follower.databaseAway ? 1 : 0,
  );
  families.counter(
    'algogate_database_statements_total',
    'SQL statements since the start.',
    () => database.queries.count,
  );
  families.gauge('algogate_database_connections', 'Connections to the database, by their pool.', () =>
    database.pools.flatMap(({ name, inUse, free }) => [
      { labels: { pool: name, state: 'in_use' }, value: inUse },
      { labels: { pool: name, state: 'free' }, value: free },
    ]),
  );
  families.gauge(
    'algogate_database_waiting',
    'Units of work that wait for a connection to the database, by its pool.',
    () => database.pools.map(({ name, waiting }) => ({ labels: { pool: name }, value: waiting })),
  );
}
