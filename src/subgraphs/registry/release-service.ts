import { rightsOnAlgorithm } from '../../auth';
import type { Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { DEFAULT_PERMISSIONS, maySee } from '../../domain/permissions';
import type { Principal, Role } from '../../domain/principal';
import { assertMajorPublic } from '../../domain/publishing';
import { parseVersionRef, type VersionRef } from '../../domain/ref';
import type { JsonObject } from '../../ledger';
import { type AlgorithmView, guarded } from '../../resolution';
import { permissionsOfMajor } from '../access';
import { actorOf } from '../shared/actor';
import { mutateAs } from '../shared/mutate';
import { lineWithin } from '../shared/text';
import { assertRole, findAlgorithmNow } from './access';
import { listAlgorithm, makePublic, privateVersionsOf, setYank, versionByKey } from './publishing-store';
import type { VersionRecord } from './records';
import type { RegistryParts } from './services';
import { buildsById } from './store';

/** A version that was made public, as the ledger keeps it: all that resolution as of then needs. */
export interface Promoted {
  readonly version: string;
  readonly sha: string;
  readonly yanked: boolean;
}

/** What a change of one version did: what the ledger is to say of it, and null where nothing changed. */
type Step = (tx: Tx, version: VersionRecord) => Promise<{ action: string; detail: JsonObject } | null>;

/** What happens to a version after its publication; each gives the version's id. Source: chapter 2, chapter 3 "Deprecating and withdrawing". */
export class ReleaseService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Makes a private version public, when its major is. There is no way back.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, VISIBILITY_EXCEEDS_MAJOR
   */
  async promote(principal: Principal, version: string): Promise<number> {
    return this.change(principal, version, 'ADMIN', async (tx, row) => {
      if (row.visibility === 'PUBLIC') return null;
      const permissions = await permissionsOfMajor(tx, row.algorithmId, row.major);
      assertMajorPublic((permissions ?? DEFAULT_PERMISSIONS).visibility);
      await makePublic(tx, row.id);
      await listAlgorithm(tx, row.algorithmId, Date.now());
      const [build] = await buildsById(tx, [row.buildId]);
      return {
        action: 'version.promoted',
        detail: { version: row.version, sha: build?.sha ?? null, yanked: row.yankedAt !== null },
      };
    });
  }

  /**
   * Takes a version out of every selector but FULL and SHA.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT without a reason
   */
  async yank(principal: Principal, version: string, reason: string): Promise<number> {
    const why = lineWithin(reason.trim(), 'reason', 1000) ?? '';
    if (why === '') throw new AlgogateError('INVALID_INPUT', 'a yank has a reason', ['reason']);
    return this.change(principal, version, 'MAINTAINER', async (tx, row) => {
      if (row.yankedAt !== null) return null;
      await setYank(tx, row.id, { reason: why, at: Date.now() });
      return { action: 'version.yanked', detail: { version: row.version, reason: why } };
    });
  }

  /** @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN */
  async unyank(principal: Principal, version: string): Promise<number> {
    return this.change(principal, version, 'MAINTAINER', async (tx, row) => {
      if (row.yankedAt === null) return null;
      await setYank(tx, row.id, null);
      return { action: 'version.unyanked', detail: { version: row.version } };
    });
  }

  private async change(principal: Principal, text: string, role: Role, step: Step): Promise<number> {
    actorOf(principal);
    const ref = parseVersionRef(text);
    const algorithm = await this.algorithmOf(principal, ref);
    const { owner, name } = algorithm;
    const assertAllowed = (current: Principal): void => {
      assertRole(rightsOnAlgorithm(current, algorithm), role);
    };
    return mutateAs({ ledger: this.parts.ledger, principal, owner, assertAllowed }, async (tx) => {
      const row = await versionByKey(tx, algorithm.id, ref.version.key);
      if (row === null) throw versionNotFound(ref);
      const done = await step(tx, row);
      // a promotion is public by what it made of the version, the rest by what the version is
      const isPublic = row.visibility === 'PUBLIC' || done?.action === 'version.promoted';
      const subject = `${owner.handle}/${name}/${row.version}`;
      return {
        result: row.id,
        change: done && { chain: isPublic ? ('public' as const) : ('private' as const), subject, ...done },
      };
    });
  }

  /** A version that is missing and one of an algorithm that is hidden give the same answer. */
  private async algorithmOf(principal: Principal, ref: VersionRef): Promise<AlgorithmView> {
    const found = await findAlgorithmNow(this.parts.index, principal, ref);
    if (found === null) throw versionNotFound(ref);
    const version = found.algorithm.catalog.find(ref.version.key);
    const { algorithm, rights } = found;
    if (version === null || !maySee(principal, rights, guarded(algorithm, version), 'read'))
      throw versionNotFound(ref);
    return algorithm;
  }
}

/** Promotes every private version of a major, all or none; what it gives goes into the entry of the mutation. */
export async function promoteAll(tx: Tx, algorithmId: number, major: number): Promise<Promoted[]> {
  const versions = await privateVersionsOf(tx, algorithmId, major);
  for (const { id } of versions) await makePublic(tx, id);
  if (versions.length > 0) await listAlgorithm(tx, algorithmId, Date.now());
  return versions.map(({ version, sha, yanked }) => ({ version, sha, yanked }));
}

function versionNotFound({ owner, name, version }: VersionRef): AlgogateError {
  return new AlgogateError('NOT_FOUND', `algorithm algo://${owner}/${name}/${version.text} not found`, [
    'version',
  ]);
}
