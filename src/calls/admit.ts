import { assertMayCall, authorise, type Authorised } from '../auth';
import { AlgogateError } from '../domain/errors';
import type { VersionFacts } from '../domain/facts';
import { DEFAULT_PERMISSIONS, maySeeSource } from '../domain/permissions';
import type { Principal } from '../domain/principal';
import { isCallerIndependent, type Reference } from '../domain/reference';
import {
  type Answer,
  answer,
  canonicalOf,
  guarded,
  heldArtifacts,
  noticesOf,
  pinnedArtifacts,
  positionOf,
  type ResolutionIndex,
} from '../resolution';
import type { Admission } from './ports';

/**
 * Resolve, then authorise. At once in the steady state, in which nothing is asked of the database.
 * @throws AlgogateError NOT_FOUND, FORBIDDEN, GONE, UNAUTHENTICATED, BACKEND_UNAVAILABLE, UNAVAILABLE
 */
export function admitTo(index: ResolutionIndex) {
  return (principal: Principal, reference: Reference): Admission | Promise<Admission> => {
    const found = answer(index, reference);
    return found instanceof Promise
      ? found.then((answered) => admit(principal, reference, answered))
      : admit(principal, reference, found);
  };
}

function admit(principal: Principal, reference: Reference, found: Answer | null): Admission {
  const authorised = authorise(principal, reference, found, 'resolve');
  assertMayCall(principal, authorised);
  return admissionOf(principal, authorised);
}

/** Paths of versions, as they were made for the first call of each. */
const paths = new WeakMap<VersionFacts, string>();

function pathOf(version: VersionFacts | null, canonical: string): string {
  const known = version === null ? undefined : paths.get(version);
  if (known !== undefined) return known;
  const made = `/v1/algo/${canonical}`;
  if (version !== null) paths.set(version, made);
  return made;
}

function admissionOf(principal: Principal, authorised: Authorised): Admission {
  const { algorithm, resolved, rights, reference } = authorised;
  const { version, build } = resolved;
  if (build.backendUrl === null) {
    throw new AlgogateError('BACKEND_UNAVAILABLE', 'this build has no backend that serves it');
  }
  const canonical = canonicalOf(authorised);
  const isMember = rights.role !== null;
  const guard = version === null ? null : guarded(algorithm, version);
  const permissions = guard?.permissions ?? DEFAULT_PERMISSIONS;
  return {
    canonical,
    rule: resolved.rule,
    fullVersionPath: isCallerIndependent(reference.selector) ? pathOf(version, canonical) : null,
    algorithmId: algorithm.id,
    versionId: version?.id ?? null,
    version: version?.version ?? null,
    buildId: build.id,
    sha: build.sha,
    ownerId: algorithm.owner.id,
    position: positionOf(authorised),
    backendUrl: build.backendUrl,
    networkAccess: permissions.networkAccess,
    callsAlgorithms: permissions.callsAlgorithms,
    hasInterface: build.hasInterface,
    checksInput: algorithm.release.checksInput,
    artifacts: heldArtifacts(algorithm.release, version),
    pinned: pinnedArtifacts(algorithm.release, version),
    notices: noticesOf(algorithm.release, version),
    memberOfOwner: isMember,
    maySeeSource: guard === null ? isMember : maySeeSource(principal, rights, guard, 'resolve'),
  };
}
