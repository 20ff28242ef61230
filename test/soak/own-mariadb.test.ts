import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { OwnMariadb, STARTS_MARIADB } from './own-mariadb';

/** What a query of another server of the same machine keeps in the temporary folder. */
const TABLE_OF_ANOTHER = ['#sql-temptable-4d2-1-0.MAD', '#sql-temptable-4d2-1-0.MAI'];

const withMariadb = STARTS_MARIADB ? test : test.skip;

withMariadb('a MariaDB of our own leaves the temporary tables of others alone', async () => {
  const shared = mkdtempSync(join(tmpdir(), 'algogate-shared-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = shared;
  try {
    for (const name of TABLE_OF_ANOTHER) writeFileSync(join(shared, name), '');
    const mariadb = await OwnMariadb.create();
    const left = readdirSync(shared).filter((name) => name.startsWith('#sql'));
    await mariadb.remove();
    expect(left.sort()).toEqual(TABLE_OF_ANOTHER);
    expect(readdirSync(shared).sort()).toEqual(TABLE_OF_ANOTHER);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(shared, { recursive: true, force: true });
  }
});
