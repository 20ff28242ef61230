import type { Tx } from '../../../database';
import {
  isWithinLts,
  lastPointedTo,
  LTS,
  type LtsPromise,
  type PointerMove,
  rollbackTarget,
  supportedUntilOf,
} from '../../../domain/release';
import { keptVersion } from '../../../domain/version';
import { movesOf, type PointedTo, pointedTo, type Pointer, pointersAt, setPointer } from './store';
import { unnameable } from '../nameable';
import type { Stamp } from '../stamp';

/** Where a channel points after it was rolled back. */
export interface RolledBack {
  readonly pointer: Pointer;
  /** What it names now; null: it points nowhere. */
  readonly version: PointedTo | null;
}

/**
 * Takes a channel back to the last version that it pointed to and that is still good; nowhere where none is. What it
 * pointed to has entered it: gates do not judge again. `lts` stays in its line while its promise runs. To be run under
 * the lock of the owner's ledger. Source: chapter 3, "Channels".
 */
export async function rollBack(
  tx: Tx,
  pointer: Pointer,
  reason: string | null,
  stamp: Stamp,
): Promise<RolledBack> {
  const moves = await movesOf(tx, pointer.algorithmId, pointer.name);
  const versions = await versionsIn(tx, moves);
  const promise = pointer.name === LTS ? await ltsPromise(tx, pointer, moves) : null;
  const target = rollbackTarget(moves, (id) => {
    const version = versions.get(id);
    if (version === undefined || unnameable(version) !== null) return false;
    return promise === null || isWithinLts(promise, keptVersion(version.version), stamp.at);
  });
  const version = target === null ? null : (versions.get(target) ?? null);
  const supportedUntil =
    promise === null || version === null
      ? pointer.supportedUntil
      : supportedUntilOf(promise, keptVersion(version.version), null, stamp.at);
  const next = { ...pointer, versionId: target, supportedUntil };
  if (target !== pointer.versionId) {
    await setPointer(tx, next, { kind: 'ROLLBACK', from: pointer.versionId, reason, ...stamp });
  }
  return { pointer: next, version };
}

/**
 * Takes back every channel that points to a version which is no longer good. Gives, for the ledger, what each names
 * now, by its name; nothing where there was none.
 */
export async function rollBackFrom(
  tx: Tx,
  versionId: number,
  reason: string,
  stamp: Stamp,
): Promise<{ readonly channels?: Readonly<Record<string, string | null>> }> {
  const channels: [string, string | null][] = [];
  for (const pointer of await pointersAt(tx, versionId)) {
    const { version } = await rollBack(tx, pointer, reason, stamp);
    channels.push([pointer.name, version?.version ?? null]);
  }
  return channels.length === 0 ? {} : { channels: Object.fromEntries(channels) };
}

/** What `lts` promised so far. @param moves all of them, oldest first */
export async function ltsPromise(
  tx: Tx,
  { supportedUntil }: Pick<Pointer, 'supportedUntil'>,
  moves: readonly PointerMove<number>[],
): Promise<LtsPromise> {
  const last = lastPointedTo(moves);
  const [version] = last === null ? [] : await pointedTo(tx, [last]);
  return { current: version === undefined ? null : keptVersion(version.version), supportedUntil };
}

async function versionsIn(
  tx: Tx,
  moves: readonly PointerMove<number>[],
): Promise<ReadonlyMap<number, PointedTo>> {
  const ids = new Set(moves.flatMap(({ from, to }) => [from, to]).filter((id) => id !== null));
  return new Map((await pointedTo(tx, [...ids])).map((version) => [version.id, version]));
}
