import type { World } from './world';

/** All tables that a refused mutation must leave as they were. */
const TABLES = [
  'owners',
  'memberships',
  'api_keys',
  'algorithms',
  'majors',
  'grants',
  'builds',
  'versions',
  'algorithm_policies',
  'interface_reports',
  'approvals',
  'channels',
  'channel_moves',
  'channel_entries',
  'gate_policies',
  'gate_reports',
  'attestation_keys',
  'attestations',
  'attestation_signers',
  'sboms',
  'version_licences',
  'vulnerability_scans',
  'limits',
  'ledger_heads',
  'ledger_entries',
] as const;

/** The rows of the registry, all of them: what a refused mutation leaves as it was. */
export async function registryRows({ server }: World): Promise<Record<string, unknown>> {
  const { reads } = server.app.database;
  const rows = await Promise.all(TABLES.map((table) => reads.query<unknown>(`SELECT * FROM ${table}`)));
  return Object.fromEntries(TABLES.map((table, at) => [table, rows[at]]));
}

export interface LedgerLine {
  readonly chain: string;
  readonly action: string;
  readonly subject: string;
  readonly actor: string;
}

/** The ledger of an owner, both chains, oldest first. */
export async function ledgerOf({ server }: World, handle: string): Promise<LedgerLine[]> {
  return server.app.database.reads.query<LedgerLine[]>(
    `SELECT e.chain, e.action, e.subject, e.actor FROM ledger_entries e JOIN owners o ON o.id = e.owner_id
      WHERE o.handle_key = ? ORDER BY e.at, e.chain, e.sequence`,
    [handle.toLowerCase()],
  );
}

/** What `work` adds to the ledger of an owner. */
export async function entriesOf(
  world: World,
  handle: string,
  work: () => Promise<unknown>,
): Promise<LedgerLine[]> {
  const before = (await ledgerOf(world, handle)).length;
  await work();
  return (await ledgerOf(world, handle)).slice(before);
}
