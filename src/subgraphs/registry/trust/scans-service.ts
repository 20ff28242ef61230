import { createHash } from 'node:crypto';

import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { Rights } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import { worstOf } from '../../../domain/trust/vulnerability-policy';
import { parseVersion } from '../../../domain/version';
import { parseOsvRecords } from '../../../trust';
import { lineWithin, textWithin } from '../../shared/text';
import { assertRole } from '../access';
import { enterStable } from '../channels/entering';
import { assertNotTakenDown, changeVersion } from '../publishing/version-change';
import type { VersionRecord } from '../records';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';
import { insertScan, newestScansOf } from './scans-store';

export interface ScanInput {
  /** `owner/name/1.2.3` */
  readonly version: string;
  readonly scanner: string;
  /** Now, where it is not said. */
  readonly scannedAt?: Date | null | undefined;
  /** A list of OSV records, as JSON; an empty one says that nothing was found. */
  readonly records: string;
}

const MAX_BYTES = 512 * 1024;
const MAX_SCANNER = 100;

/** What scanners find in versions. Source: chapter 7, "Vulnerabilities". */
export class ScansService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Keeps a scan, and lets a public release into `stable` that the policy bars no longer. Gives the version's id.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, TOO_LARGE, GONE
   */
  async report(principal: Principal, input: ScanInput): Promise<number> {
    const scan = readScan(input);
    const isMaintainer = (rights: Rights): void => {
      assertRole(rights, 'MAINTAINER');
    };
    return changeVersion(this.parts, principal, input.version, isMaintainer, async (tx, version) => {
      assertNotTakenDown(version);
      const { vulnerabilities, scanner, sha256 } = scan;
      const stamp = stampOf(principal);
      const scannedAt = scan.scannedAt ?? stamp.at;
      await assertDated(tx, version, scannedAt, stamp.at);
      await insertScan(tx, { versionId: version.id, scanner, scannedAt, vulnerabilities }, stamp);
      const entered = await enterIfPublic(tx, version, stamp.at);
      const worst = worstOf(vulnerabilities)?.severity ?? null;
      const detail = {
        version: version.version,
        scanner,
        scannedAt: new Date(scannedAt).toISOString(),
        records: vulnerabilities.length,
        worst,
        sha256,
        entered,
      };
      return { action: 'vulnerabilities.reported', detail };
    });
  }
}

function readScan({ scanner, scannedAt, records }: ScanInput) {
  const name = lineWithin(scanner.trim(), 'scanner', MAX_SCANNER) ?? '';
  if (name === '') throw new AlgogateError('INVALID_INPUT', 'a scan says by what scanner', ['scanner']);
  const text = textWithin(records, 'records', MAX_BYTES) ?? '';
  return {
    scanner: name,
    scannedAt: scannedAt?.getTime() ?? null,
    sha256: createHash('sha256').update(text).digest('hex'),
    vulnerabilities: parseOsvRecords(text, { what: 'the list', field: ['records'] }),
  };
}

/**
 * The newest scan holds, so none may say that it comes from before it, nor from a time that has not come.
 * @throws AlgogateError INVALID_INPUT
 */
async function assertDated(tx: Tx, { id }: VersionRecord, scannedAt: number, now: number): Promise<void> {
  const field = ['scannedAt'];
  if (scannedAt > now) throw new AlgogateError('INVALID_INPUT', 'scannedAt is in the future', field);
  const [before] = await newestScansOf(tx, [id]);
  if (before === undefined || before.scannedAt <= scannedAt) return;
  const message = `the version was scanned after that, at ${new Date(before.scannedAt).toISOString()}`;
  throw new AlgogateError('INVALID_INPUT', message, field);
}

async function enterIfPublic(
  tx: Tx,
  { id: versionId, algorithmId, version: text, visibility, state }: VersionRecord,
  at: number,
): Promise<string[]> {
  const version = parseVersion(text);
  if (version === null || visibility !== 'PUBLIC' || state !== 'PUBLISHED') return [];
  return enterStable(tx, { algorithmId, versionId, version }, at);
}
