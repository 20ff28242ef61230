import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Database } from '../../src/database';
import type { OwnerRef } from '../../src/domain/principal';
import { SigningKeys } from '../../src/keys';
import { HeadFile, HeadSigner, HeadTable, Ledger, verifyLedger } from '../../src/ledger';
import { type Chain, type Entry, entryHash } from '../../src/ledger/entry';
import { faultText } from '../../src/ledger/verify/fault';
import type { Saved } from '../../src/ledger/verify/verify';
import type { TestDatabase } from '../builders/databases';
import { environmentOf, MASTER_KEY, type Settings } from '../builders/server';
import { allEntries, changeOf, foundOwner, note } from './support';

/** A database with histories, heads that are signed when a test says so, and all the means to tamper with it. */
export class Histories {
  readonly ledger: Ledger;
  readonly signer: HeadSigner;
  readonly faults: unknown[] = [];
  readonly forks: string[] = [];

  private constructor(
    private readonly made: TestDatabase,
    readonly database: Database,
    readonly keys: SigningKeys,
    readonly dataDir: string,
  ) {
    this.ledger = new Ledger(database);
    const table = new HeadTable(database, ({ owner, chain, sequence }) => {
      this.forks.push(`${owner} ${chain} ${sequence}`);
    });
    this.signer = new HeadSigner({
      ...{ database, keys },
      sinks: [new HeadFile(this.headFile), table],
      onFault: (fault) => this.faults.push(fault),
    });
    this.ledger.onCommit((event) => {
      this.signer.hear(event);
    });
  }

  static async open(create: () => Promise<TestDatabase>): Promise<Histories> {
    const made = await create();
    const database = await Database.open(made.target);
    await database.migrate();
    const keys = await SigningKeys.open(database, Buffer.from(MASTER_KEY, 'hex'));
    return new Histories(made, database, keys, mkdtempSync(join(tmpdir(), 'algogate-heads-')));
  }

  async close(): Promise<void> {
    await this.signer.stop();
    await this.database.close();
    await this.made.drop();
    rmSync(this.dataDir, { recursive: true });
  }

  get headFile(): string {
    return join(this.dataDir, 'ledger-heads.ndjson');
  }

  get env(): Settings {
    return environmentOf(this.made.target, this.dataDir);
  }

  /** An owner with so many entries on its public chain, and so many on its private one, one after the other. */
  async owner(handle: string, publicEntries = 6, privateEntries = 0): Promise<OwnerRef> {
    const owner = await foundOwner(this.ledger, handle);
    const rounds = Math.max(publicEntries - 1, privateEntries);
    for (let round = 1; round <= rounds; round += 1) {
      if (round < publicEntries) await this.note(owner, 'public', round);
      if (round <= privateEntries) await this.note(owner, 'private', round);
    }
    return owner;
  }

  async note(owner: OwnerRef, chain: Chain, round: number): Promise<void> {
    await note(this.ledger, owner, changeOf(chain, 'test.changed', { round }));
  }

  /** What the database would refuse is possible from now on. */
  async allowTampering(): Promise<void> {
    for (const table of ['ledger_entries', 'ledger_signed_heads']) {
      for (const event of ['update', 'delete', 'insert']) {
        await this.run(`DROP TRIGGER IF EXISTS ${table}_refuse_${event}`);
      }
    }
  }

  async run(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    await this.database.write(async (tx) => tx.query(sql, [...parameters]));
  }

  async entries(owner: OwnerRef, chain: Chain = 'public'): Promise<Entry[]> {
    const entries = (await allEntries(this.database, owner)).filter((entry) => entry.chain === chain);
    return entries.sort((one, other) => one.sequence - other.sequence);
  }

  /** Changes one entry of the public chain. */
  async change({ id }: OwnerRef, sequence: number, column: string, value: unknown): Promise<void> {
    await this.run(
      `UPDATE ledger_entries SET ${column} = ? WHERE owner_id = ? AND chain = 'public' AND sequence = ?`,
      [value, id, sequence],
    );
  }

  /** Makes the row of heads say that the public chain ends as it does. */
  async mendHead(owner: OwnerRef): Promise<void> {
    const end = (await this.entries(owner)).at(-1);
    await this.run(
      'UPDATE ledger_heads SET public_sequence = ?, public_hash = ?, public_at = ? WHERE owner_id = ?',
      [end?.sequence ?? 0, end?.hash ?? null, Number(end?.at ?? 0), owner.id],
    );
  }

  /** Writes the history of the public chain anew from one entry on: all hashes are right, and the head. */
  async fork(owner: OwnerRef, from: number, detail: string): Promise<void> {
    let previousHash: string | null = null;
    for (const row of await this.entries(owner)) {
      if (row.sequence >= from) {
        const entry = { ...row, at: Number(row.at), previousHash, changeJson: detail };
        const hash: string = entryHash(entry, owner.handle);
        await this.change(owner, row.sequence, 'change_json', detail);
        await this.change(owner, row.sequence, 'previous_hash', previousHash);
        await this.change(owner, row.sequence, 'hash', hash);
        previousHash = hash;
      } else previousHash = row.hash;
    }
    await this.mendHead(owner);
  }

  /** What `algogate ledger verify` prints of faults. */
  async verify(saved: readonly Saved[] = []): Promise<string[]> {
    const faults: string[] = [];
    await verifyLedger(this.database, saved, (fault) => {
      faults.push(faultText(fault));
      return Promise.resolve();
    });
    return faults;
  }
}
