import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import {
  assertMovable,
  formatGate,
  type GatePolicy,
  parseChannelName,
  parseGates,
  STABLE,
} from '../../../domain/release';
import type { JsonObject } from '../../../ledger';
import { validArtifactName } from '../artifacts/names';
import { gatePolicyOf, insertGatePolicy } from './store';
import type { Stamp } from '../stamp';

/** The gates that a channel is to have, as they are written; an empty list takes them away. */
export interface WantedGates {
  /** The name of a channel, or `artifact/NAME`. */
  readonly channel: string;
  readonly gates: readonly string[];
}

/** What a change of gates did. */
export interface GatesChanged {
  /** The gates that each channel has from now on, for the ledger. */
  readonly gates: JsonObject;
  /** `stable` has no gates any more. */
  readonly stableFreed: boolean;
}

const ARTIFACT = 'artifact/';
const MAX_CHANNELS = 100;

/**
 * Checks the gates that somebody wants, and writes them in their canonical text.
 * @param field where they stand in the input
 * @throws AlgogateError INVALID_INPUT
 */
export function parseWantedGates(
  wanted: readonly WantedGates[],
  field: readonly string[] = ['policies', 'gates'],
): readonly WantedGates[] {
  if (wanted.length > MAX_CHANNELS) {
    throw new AlgogateError('INVALID_INPUT', `gates are given for at most ${MAX_CHANNELS} channels`, field);
  }
  const seen = new Set<string>();
  return wanted.map(({ channel, gates }, index) => {
    const at = [...field, String(index)];
    assertGateable(channel, [...at, 'channel']);
    if (seen.has(channel)) {
      throw new AlgogateError('INVALID_INPUT', `${channel} is there already`, [...at, 'channel']);
    }
    seen.add(channel);
    return { channel, gates: parseGates(gates, [...at, 'gates']).map(formatGate) };
  });
}

/**
 * Gives channels the gates that are wanted, where they have others; under the lock of the owner's ledger. Gates that
 * stay as they are stay in force as of before, and so do the reports on them. What has entered a channel stays there.
 * @param wanted what `parseWantedGates` gave
 * @returns null where nothing changed
 */
export async function setChannelGates(
  tx: Tx,
  algorithmId: number,
  wanted: readonly WantedGates[],
  stamp: Stamp,
): Promise<GatesChanged | null> {
  const changed: WantedGates[] = [];
  for (const policy of wanted) {
    if (sameGates(await gatePolicyOf(tx, algorithmId, policy.channel), policy)) continue;
    await insertGatePolicy(tx, { algorithmId, ...policy }, stamp);
    changed.push(policy);
  }
  if (changed.length === 0) return null;
  const stableFreed = changed.some(({ channel, gates }) => channel === STABLE && gates.length === 0);
  return { gates: Object.fromEntries(changed.map(({ channel, gates }) => [channel, gates])), stableFreed };
}

function sameGates(current: GatePolicy | null, { gates }: WantedGates): boolean {
  const before = current?.gates.map(formatGate) ?? [];
  return JSON.stringify(before) === JSON.stringify(gates);
}

/** @throws AlgogateError INVALID_INPUT for what nothing is ever moved to */
function assertGateable(channel: string, field: readonly string[]): void {
  if (channel.startsWith(ARTIFACT)) {
    validArtifactName(channel.slice(ARTIFACT.length), field);
    return;
  }
  try {
    parseChannelName(channel);
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw new AlgogateError(error.code, error.message, field);
  }
  assertMovable(channel, field);
}
