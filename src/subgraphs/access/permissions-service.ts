import { maySeeAlgorithm, rightsOnAlgorithm } from '../../auth';
import type { Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { changePermissions, type PermissionsChange, samePermissions } from '../../domain/major-permissions';
import type { MajorPermissions } from '../../domain/permissions';
import type { Principal } from '../../domain/principal';
import { algorithmNotFound, type MajorRef, parseMajorRef } from '../../domain/ref';
import type { JsonObject, Outcome } from '../../ledger';
import type { AlgorithmView } from '../../resolution';
import { actorOf } from '../shared/actor';
import { openMajor } from './major';
import { type AccessParts } from './parts';
import { mutateAs } from '../shared/mutate';
import { assertAdmin } from '../shared/rights';
import { readVersionsOfMajor, updateMajor } from './store/permissions';

export interface PermissionsInput extends PermissionsChange {
  /** `owner/name/1` */
  readonly major: string;
  /** Makes the private versions of the major public with it: all, or none. */
  readonly promoteExisting?: boolean | null | undefined;
}

/** One major, for an admin of its algorithm. */
export interface MajorTarget {
  readonly algorithm: AlgorithmView;
  readonly major: number;
  /** In the spelling of creation. */
  readonly ref: string;
}

/** The permission record of a major. Source: chapter 2, "Permissions live on the major". */
export class PermissionsService {
  constructor(private readonly parts: AccessParts) {}

  /**
   * Sets what is said of the permissions of a major; the rest stays, or is inherited where nobody configured it.
   * @throws AlgogateError UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND, FORBIDDEN, PERMISSIONS_NARROWING,
   * PERMISSIONS_FIXED_BY_MAJOR, VISIBILITY_EXCEEDS_MAJOR, and what a promotion may be refused for
   */
  async set(principal: Principal, input: PermissionsInput): Promise<string> {
    return mutateMajor(this.parts, principal, input.major, async (tx, { algorithm, major }) => {
      const versions = await readVersionsOfMajor(tx, algorithm.id, major);
      const { permissions: current, opened } = await openMajor(tx, algorithm.id, major);
      const next = changePermissions(current, input, versions.any);
      const changed = !samePermissions(current, next);
      if (changed) await updateMajor(tx, algorithm.id, major, next);
      const promoted = input.promoteExisting === true ? await this.promote(tx, algorithm, major, next) : [];
      if (!changed && opened === null && promoted.length === 0) return null;
      return {
        chain: versions.public || promoted.length > 0 ? 'public' : 'private',
        action: 'major.permissionsSet',
        detail: {
          permissions: { ...next },
          previous: opened === null ? { ...current } : null,
          ...opened,
          ...(promoted.length > 0 ? { promoted: promoted.map((version) => ({ ...version })) } : {}),
        },
      };
    });
  }

  private async promote(tx: Tx, { id }: AlgorithmView, major: number, next: MajorPermissions) {
    if (next.visibility === 'PUBLIC') return this.parts.promoteAll(tx, id, major);
    throw new AlgogateError('VISIBILITY_EXCEEDS_MAJOR', 'public versions need a public major', [
      'promoteExisting',
    ]);
  }
}

/** What was done to a major, for the ledger; null where nothing changed. */
export type MajorChange = {
  readonly chain: 'public' | 'private';
  readonly action: string;
  readonly detail: JsonObject;
} | null;

/**
 * A mutation of a major by an admin of its algorithm; gives the major's ref. What is missing and what is hidden from
 * the principal, by visibility or by the scopes of its key, are refused alike.
 * @throws AlgogateError UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND, FORBIDDEN
 */
export async function mutateMajor(
  parts: AccessParts,
  principal: Principal,
  text: string,
  work: (tx: Tx, target: MajorTarget) => Promise<MajorChange>,
): Promise<string> {
  actorOf(principal);
  const written = parseMajorRef(text);
  const algorithm = await parts.index.findNow(written.ownerKey, written.nameKey);
  if (algorithm === null) throw algorithmNotFound(written);
  const { major } = written;
  const { owner, name } = algorithm;
  const ref = `${owner.handle}/${name}/${major}`;
  const assertAllowed = (current: Principal) => assertMayAdminister(current, algorithm, written);
  return mutateAs(
    { ledger: parts.ledger, principal, owner, assertAllowed },
    async (tx): Promise<Outcome<string>> => {
      const change = await work(tx, { algorithm, major, ref });
      return { result: ref, change: change && { subject: ref, ...change } };
    },
  );
}

function assertMayAdminister(principal: Principal, algorithm: AlgorithmView, written: MajorRef): void {
  const rights = rightsOnAlgorithm(principal, algorithm);
  if (!maySeeAlgorithm(principal, rights, algorithm)) throw algorithmNotFound(written);
  assertAdmin(rights);
}
