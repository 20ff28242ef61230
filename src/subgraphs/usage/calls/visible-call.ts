import { parsePosition } from '../../../domain/position';
import type { OwnerId, Principal } from '../../../domain/principal';
import type { SelectorKind } from '../../../domain/terms';
import { OPERATOR_CALLER, type Outcome } from '../../../domain/usage/call';
import { versionSubject } from '../../../domain/usage/subject';
import { namedCaller } from '../callers/named-caller';
import type { UsageLoaders } from '../loaders';
import type { UsageParts } from '../parts';
import type { CallLoaders } from './loaders';
import type { StoredCall } from './store';

/** A call as one viewer sees it. `startedAt` is epoch milliseconds, durations are milliseconds. */
export interface VisibleCall {
  readonly requestId: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly backendMs: number | null;
  /** As the caller wrote it. */
  readonly reference: string;
  readonly selector: SelectorKind;
  /** `Owner/name/1.2.3`; null for a commit that no version named, and for what the viewer may not see any more. */
  readonly version: string | null;
  readonly sha: string;
  readonly position: string | null;
  readonly outcome: Outcome;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** `name@revision` of each that held. */
  readonly artifacts: readonly string[];
  /** The handle of who called; null where that is not for the viewer to know, and for the operator. */
  readonly caller: string | null;
  /** What stands for the caller towards the provider; null on the caller's own side. */
  readonly callerPseudonym: string | null;
  /** The public beginning of the key that called; null on the provider's side. */
  readonly keyPrefix: string | null;
}

/** From which side calls are looked at. */
export type Eyes =
  | {
      readonly side: 'PROVIDER';
      /** Whose algorithms were called. */
      readonly ownerId: OwnerId;
      readonly viewer: Principal;
    }
  | {
      readonly side: 'CONSUMER';
      /** Whether it may be told by which of the caller's keys. */
      readonly showsKeys: boolean;
    };

/** What the names of a call are looked up in. */
type CallNames = Pick<UsageLoaders, 'names' | 'owners'> &
  Pick<CallLoaders, 'keyPrefixes'> &
  Pick<UsageParts, 'pseudonyms'> & {
    /** Whether the viewer may be told of a version. */
    readonly mayName: (version: string) => Promise<boolean>;
  };

/**
 * A call as it is for the eyes of one side. A provider learns which organisation called, and of a user nothing but
 * the pseudonym that its backends get; nothing of anyone's keys. A consumer learns what the answer told it, or what
 * it can ask besides: of a position, no counter of the provider's private chain. Source: chapter 6, "What can be
 * asked".
 */
export async function visibleCall(call: StoredCall, eyes: Eyes, names: CallNames): Promise<VisibleCall> {
  const [version, who] = await Promise.all([
    versionOf(call, names),
    eyes.side === 'PROVIDER' ? towardsProvider(call, eyes, names) : towardsConsumer(call, eyes, names),
  ]);
  const { requestId, startedAt, durationMs, backendMs, reference, selector } = call;
  const { sha, outcome, bytesIn, bytesOut, artifacts } = call;
  return {
    requestId,
    startedAt,
    durationMs,
    backendMs,
    reference,
    selector,
    version,
    sha,
    position: eyes.side === 'PROVIDER' || isPublic(call.position) ? call.position : null,
    outcome,
    bytesIn,
    bytesOut,
    artifacts: artifacts === null ? [] : artifacts.split(','),
    ...who,
  };
}

/** What was taken down, and what the viewer lost the right to, is named no more: the registry has nothing of it either. */
async function versionOf({ versionId }: StoredCall, { names, mayName }: CallNames): Promise<string | null> {
  if (versionId === null) return null;
  const version = (await names.load(versionSubject(versionId)))?.version ?? null;
  return version !== null && (await mayName(version)) ? version : null;
}

type Who = Pick<VisibleCall, 'caller' | 'callerPseudonym' | 'keyPrefix'>;

async function towardsProvider(
  { callerId }: StoredCall,
  { ownerId, viewer }: Extract<Eyes, { side: 'PROVIDER' }>,
  { owners, pseudonyms }: CallNames,
): Promise<Who> {
  const record = callerId === OPERATOR_CALLER ? null : await owners.load(callerId);
  const { handle, pseudonym } = namedCaller(callerId, record, { viewer, providerId: ownerId, pseudonyms });
  return { caller: handle, callerPseudonym: pseudonym, keyPrefix: null };
}

async function towardsConsumer(
  { callerId, keyId }: StoredCall,
  { showsKeys }: Extract<Eyes, { side: 'CONSUMER' }>,
  { owners, keyPrefixes }: CallNames,
): Promise<Who> {
  const [record, keyPrefix] = await Promise.all([
    callerId === OPERATOR_CALLER ? null : owners.load(callerId),
    keyId === null || !showsKeys ? null : keyPrefixes.load(keyId),
  ]);
  return { caller: record?.handle ?? null, callerPseudonym: null, keyPrefix };
}

/** Whether private state had no part in what was resolved at a position. */
function isPublic(position: string): boolean {
  return parsePosition(position).private === null;
}
