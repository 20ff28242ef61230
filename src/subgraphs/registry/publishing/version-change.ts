import { rightsOnAlgorithm } from '../../../auth';
import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { maySee, type Rights } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import { parseVersionRef, type VersionRef } from '../../../domain/ref';
import type { Change, JsonObject } from '../../../ledger';
import { type AlgorithmView, guarded, type ResolutionIndex } from '../../../resolution';
import { actorOf } from '../../shared/actor';
import { mutateAs } from '../../shared/mutate';
import { lineWithin } from '../../shared/text';
import { findAlgorithmNow } from '../access';
import { versionByKey } from './store';
import type { VersionRecord } from '../records';
import type { RegistryParts } from '../services';

/** What the ledger is to say of a change of one version. */
export interface VersionChange {
  readonly action: string;
  readonly detail: JsonObject;
  /** Where nothing is said, that of the version as it was before: public where outsiders knew of it. */
  readonly chain?: Change['chain'];
}

/** Changes one version, in the transaction; null where nothing changed. */
export type VersionStep = (tx: Tx, version: VersionRecord) => Promise<VersionChange | null>;

/**
 * Changes one version under the lock of its owner's ledger, and gives its id. A version that is missing and one that
 * the principal may not see give the same answer.
 * @param text `owner/name/1.2.3`
 * @param assertAllowed throws for rights that do not suffice
 * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, and what `assertAllowed` and `step` throw
 */
export async function changeVersion(
  { ledger, index }: Pick<RegistryParts, 'ledger' | 'index'>,
  principal: Principal,
  text: string,
  assertAllowed: (rights: Rights) => void,
  step: VersionStep,
): Promise<number> {
  actorOf(principal);
  const ref = parseVersionRef(text);
  const algorithm = await algorithmOf(index, principal, ref);
  const { owner, name } = algorithm;
  const mutation = {
    ledger,
    principal,
    owner,
    assertAllowed: (current: Principal) => {
      assertAllowed(rightsOnAlgorithm(current, algorithm));
    },
  };
  return mutateAs(mutation, async (tx) => {
    const row = await versionByKey(tx, algorithm.id, ref.version.key);
    if (row === null) throw versionNotFound(ref);
    const done = await step(tx, row);
    const subject = `${owner.handle}/${name}/${row.version}`;
    const chain = isKnownToAll(row) ? ('public' as const) : ('private' as const);
    return { result: row.id, change: done && { chain, subject, ...done } };
  });
}

/** Whether outsiders know of a version: one that waits for its approval, or never got it, is none of their business. */
function isKnownToAll({ visibility, state }: VersionRecord): boolean {
  return visibility === 'PUBLIC' && (state === 'PUBLISHED' || state === 'TAKEN_DOWN');
}

async function algorithmOf(
  index: ResolutionIndex,
  principal: Principal,
  ref: VersionRef,
): Promise<AlgorithmView> {
  const found = await findAlgorithmNow(index, principal, ref);
  if (found === null) throw versionNotFound(ref);
  const { algorithm, rights } = found;
  const version = algorithm.catalog.find(ref.version.key);
  if (version === null || !maySee(principal, rights, guarded(algorithm, version), 'read'))
    throw versionNotFound(ref);
  return algorithm;
}

/** @throws AlgogateError GONE: what was taken down is changed by nobody */
export function assertNotTakenDown({ state, version }: VersionRecord): void {
  if (state !== 'TAKEN_DOWN') return;
  throw new AlgogateError('GONE', `version ${version} was taken down`, ['version']);
}

/** @param what needs it: `a yank` @throws AlgogateError INVALID_INPUT */
export function requiredReason(reason: string, what: string): string {
  const why = lineWithin(reason.trim(), 'reason', 1000) ?? '';
  if (why === '') throw new AlgogateError('INVALID_INPUT', `${what} has a reason`, ['reason']);
  return why;
}

export function versionNotFound(
  { owner, name, version }: Pick<VersionRef, 'owner' | 'name' | 'version'>,
  field = 'version',
): AlgogateError {
  return new AlgogateError('NOT_FOUND', `algorithm algo://${owner}/${name}/${version.text} not found`, [
    field,
  ]);
}
