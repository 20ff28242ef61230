import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { type RevisionRef, validArtifactName, validRevision } from '../artifacts/names';
import { insertPins, pinsOf, revisionsNamed } from '../artifacts/store';

const MAX_PINS = 50;

/**
 * The revisions that a publication pins, in the order of their names.
 * @throws AlgogateError INVALID_INPUT for a name that comes twice, or that can be none
 */
export function wantedPins(
  wanted: readonly RevisionRef[] | null | undefined,
  field = 'artifacts',
): readonly RevisionRef[] {
  const pins = wanted ?? [];
  if (pins.length > MAX_PINS) throw invalid(`a version pins at most ${MAX_PINS} artifacts`, [field]);
  for (const [index, { name, revision }] of pins.entries()) {
    const path = [field, String(index)];
    validArtifactName(name, [...path, 'name']);
    validRevision(revision, [...path, 'revision']);
    if (pins.findIndex((other) => other.name === name) !== index) {
      throw invalid(`${name} is pinned twice`, [...path, 'name']);
    }
  }
  return pins.map(({ name, revision }) => ({ name, revision })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Pins revisions to a version that is being published: its manifest then has no say in them. Chapter 3, "Model
 * artifacts".
 * @param wanted what `wantedPins` gave
 * @throws AlgogateError INVALID_INPUT for a revision that the algorithm does not have
 */
export async function pinArtifacts(
  tx: Tx,
  algorithmId: number,
  versionId: number,
  wanted: readonly RevisionRef[],
): Promise<void> {
  const revisions = await revisionsNamed(tx, algorithmId, wanted);
  const found = new Set(pinTexts(revisions));
  const missing = wanted.find((pin) => !found.has(pinText(pin)));
  if (missing !== undefined) {
    throw invalid(`there is no revision ${missing.revision} of an artifact ${missing.name}`, ['artifacts']);
  }
  await insertPins(tx, versionId, revisions);
}

/** Whether a version pins just these. @param wanted what `wantedPins` gave */
export async function pinsHold(tx: Tx, versionId: number, wanted: readonly RevisionRef[]): Promise<boolean> {
  const pinned = (await pinsOf(tx, [versionId])).get(versionId) ?? [];
  return textOf(pinned) === textOf(wanted);
}

/** For digests and the ledger: `name@revision`, in the order of the names. */
export function pinTexts(pins: readonly RevisionRef[]): string[] {
  return pins.map(pinText);
}

function pinText({ name, revision }: RevisionRef): string {
  return `${name}@${revision}`;
}

function textOf(pins: readonly RevisionRef[]): string {
  return pinTexts(pins).sort().join();
}

function invalid(message: string, field: readonly string[]): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, field);
}
