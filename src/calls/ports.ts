import type { DelegatedCall } from '../auth';
import type { InterfaceCheck } from '../domain/interface/check-input';
import type { CallLimits } from '../domain/limits/call-limits';
import type { OwnerId, Principal } from '../domain/principal';
import type { Reference } from '../domain/reference';
import type { NetworkAccess } from '../domain/terms';
import type { Receipts } from '../receipts';
import type { Tracing } from '../tracing';
import type { IdempotencyStore } from './idempotency';
import type { Journal } from './journal/journal';

/** What the rest of the product gives the call path. Each may answer at once (the steady state) or later. */
export interface CallPorts {
  /**
   * Finds who calls, from the `Authorization` header as it came.
   * @throws AlgogateError UNAUTHENTICATED for a bad credential; no credential is `ANONYMOUS`, and no error
   */
  authenticate(authorization: string | undefined): Principal | Promise<Principal>;
  /**
   * Resolves, then authorises (chapters 1 and 2).
   * @throws AlgogateError NOT_FOUND, FORBIDDEN, GONE, UNAVAILABLE
   */
  admit(principal: Principal, reference: Reference): Admission | Promise<Admission>;
  /**
   * The interface of a build that has one, ready to check inputs.
   * @throws AlgogateError UNAVAILABLE
   */
  interfaceOf(buildId: number): InterfaceCheck | null | Promise<InterfaceCheck | null>;
  /**
   * What holds for a call that names artifacts: what it names, and all else of `admission.artifacts`. Without it there
   * are none that could be named.
   * @param wanted revisions by name, one at least
   * @throws AlgogateError INVALID_INPUT where the algorithm has no such artifact or revision
   */
  artifactsFor?(
    admission: Admission,
    wanted: ReadonlyMap<string, string>,
  ): readonly ArtifactRevision[] | Promise<readonly ArtifactRevision[]>;
  /**
   * The credential by which an algorithm calls others for `principal`; null for whoever has nothing to hand on. Without
   * it no algorithm gets one.
   */
  delegate?(principal: Principal, call: DelegatedCall): Promise<string | null>;
  readonly idempotency: IdempotencyStore;
  readonly journal: Journal;
  /** Rates and quotas; without them there are none. */
  readonly limits?: CallLimits;
  /** `X-Algogate-Caller`: stands for this caller towards the algorithms of one owner, and tells nothing else. */
  pseudonym(ownerId: OwnerId, principal: Principal): string;
  /** Without them a call that asks for a receipt is refused. */
  readonly receipts?: Pick<Receipts, 'sign'>;
  /** Null or missing where calls are not traced. */
  readonly tracing?: Tracing | null;
  /** Told of faults of ours, for the log; the caller sees none of it. */
  onFault?(fault: unknown, requestId: string): void;
}

/** One revision of an artifact of an algorithm, such as the weights of a model. */
export interface ArtifactRevision {
  readonly name: string;
  readonly revision: string;
}

/** A reference that was resolved and may be called: all that the call path needs to know of it. */
export interface Admission {
  /** `Owner/Name/1.2.3`, or with the SHA. */
  readonly canonical: string;
  /** Which rule chose what the reference names, in one sentence. */
  readonly rule: string;
  /** `/v1/algo/Owner/Name/1.2.3`, for `Content-Location`; null unless the selector is caller-independent. */
  readonly fullVersionPath: string | null;
  readonly algorithmId: number;
  readonly versionId: number | null;
  /** Null for a build that was never published. */
  readonly version: string | null;
  readonly buildId: number;
  readonly sha: string;
  readonly ownerId: OwnerId;
  /** The ledger position that it was resolved at, `owner@n`. */
  readonly position: string;
  readonly backendUrl: string;
  readonly networkAccess: NetworkAccess;
  readonly callsAlgorithms: boolean;
  /** The build came with an interface. */
  readonly hasInterface: boolean;
  /** JSON input is checked against it: an algorithm can turn that off. */
  readonly checksInput: boolean;
  /** What holds for calls that name no artifacts, by name: pins of the version, and the manifest of its major. */
  readonly artifacts: readonly ArtifactRevision[];
  /** Those of them that the version pins: no call may name another revision. */
  readonly pinned: readonly ArtifactRevision[];
  /** What answers say of a deprecated version in headers, names and values in turn. */
  readonly notices: readonly string[];
  /** Captured standard output is for members alone. */
  readonly memberOfOwner: boolean;
  /** So are stack traces for those who may see the source. */
  readonly maySeeSource: boolean;
}
