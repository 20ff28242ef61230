import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BackendAddressGuard } from './calls';
import { Database } from './database';
import type { Subgraph } from './gateway';
import { Follower, Ledger } from './ledger';
import { buildSubgraph, SUBGRAPH_NAMES } from './parts';
import { Receipts } from './receipts';
import { PastResolution, ResolutionIndex } from './resolution';
import { UsageService } from './subgraphs/usage';

/** Our subgraphs as the program builds them, to be read and not to be run: on a database that is never asked. */
export async function ownSubgraphs(): Promise<readonly Subgraph[]> {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-subgraphs-'));
  const database = await Database.open({ dialect: 'sqlite', path: join(folder, 'empty.db') });
  try {
    const ledger = new Ledger(database);
    const follower = new Follower(database, ledger, { maxStalenessMs: 0 });
    const index = new ResolutionIndex(database, follower, { maxEntries: 1 });
    const past = new PastResolution(database, index, { maxEvents: 1, maxEntries: 1 });
    const usage = new UsageService({
      database,
      ledger,
      index,
      standings: { standsOf: () => Promise.resolve([]), standsAt: () => Promise.resolve([]) },
      pseudonyms: () => '',
      now: Date.now,
      callRetentionMs: 0,
    });
    const receipts = new Receipts({ database, keys: { sign: () => Promise.resolve('') }, issuer: '' });
    const addresses = new BackendAddressGuard([]);
    const parts = { asked: database, ledger, index, past, receipts, addresses, issuers: null };
    return SUBGRAPH_NAMES.map((name) => buildSubgraph(name, parts, () => usage));
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}
