import { MIGRATIONS } from '../../migrations';
import { Database } from '../../src/database';
import { describeOnEachDatabase } from '../builders/databases';

describeOnEachDatabase('the schema', (open, create) => {
  test('entities and migrations agree', async () => {
    const database = await open();
    const statements = await database.migrations.driver.createSchemaBuilder().log();
    expect(statements.upQueries.map((query) => query.query)).toEqual([]);
  });

  test('every migration can be undone and done again', async () => {
    const database = await open();
    const { migrations } = database;
    for (const _ of migrations.migrations) await migrations.undoLastMigration();
    expect(await database.hasPendingMigrations()).toBe(true);
    expect((await database.migrate()).length).toBe(migrations.migrations.length);
    expect(await database.hasPendingMigrations()).toBe(false);
  });

  test('replicas that start at once migrate once', async () => {
    const { target } = await create();
    const replicas = [await Database.open(target), await Database.open(target)];
    const ran = await Promise.all(replicas.map((replica) => replica.migrate()));
    expect(ran.flat().sort()).toEqual(MIGRATIONS.map(({ name }) => name).sort());
    for (const replica of replicas) await replica.close();
  });
});
