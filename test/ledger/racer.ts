import 'reflect-metadata';

import { Database, type DatabaseTarget } from '../../src/database';
import type { OwnerRef } from '../../src/domain/principal';
import { Ledger } from '../../src/ledger';
import { changeOf, note } from './support';

/** A replica of its own: many mutations of one owner at once, each with a name of its own. */
async function main(target: string, owner: string, name: string, count: string): Promise<void> {
  const database = await Database.open(JSON.parse(target) as DatabaseTarget);
  const ledger = new Ledger(database);
  const mutations = Array.from({ length: Number(count) }, (_, at) =>
    note(ledger, JSON.parse(owner) as OwnerRef, changeOf('private', `${name}-${at}`)),
  );
  await Promise.all(mutations);
  await database.close();
}

const [target = '', owner = '', name = '', count = ''] = process.argv.slice(2);
void main(target, owner, name, count);
