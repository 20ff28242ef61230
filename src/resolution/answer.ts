import type { BuildFacts, VersionFacts } from '../domain/facts';
import { formatPosition } from '../domain/position';
import { canonicalSelector, resolve, type Resolved } from '../domain/resolve';
import type { Reference } from '../domain/reference';
import type { ResolutionIndex } from './resolution-index';
import type { AlgorithmView, OwnerView } from './view';

/** What a reference names, before anyone asked whether the caller may have it. */
export interface Answer {
  readonly reference: Reference;
  readonly resolved: Resolved;
  readonly algorithm: AlgorithmView;
}

/**
 * Resolves `reference` on the index: at once in the steady state. Null where nothing matches. The same for every
 * caller; what comes back goes through `authorise` before anyone sees it.
 */
export function answer(index: ResolutionIndex, reference: Reference): Answer | null | Promise<Answer | null> {
  const found = index.find(reference.ownerKey, reference.nameKey);
  return found instanceof Promise
    ? found.then((algorithm) => answerOn(algorithm, reference))
    : answerOn(found, reference);
}

function answerOn(algorithm: AlgorithmView | null, reference: Reference): Answer | null {
  const resolved = algorithm && resolve(algorithm.catalog, reference.selector);
  return resolved && { reference, resolved, algorithm };
}

/** The names of versions, and of builds that are none, as they were made for the first answer with each. */
const canonicals = new WeakMap<VersionFacts | BuildFacts, string>();
const positions = new WeakMap<OwnerView, string>();

/** `Owner/Name/1.2.3`, or with the SHA, in the spelling of their creation. */
export function canonicalOf({ algorithm, resolved }: Answer): string {
  const named = resolved.version ?? resolved.build;
  const known = canonicals.get(named);
  if (known !== undefined) return known;
  const made = `${algorithm.owner.handle}/${algorithm.name}/${canonicalSelector(resolved)}`;
  canonicals.set(named, made);
  return made;
}

/** Where the ledger stood: the public chain, and the private one too where private state had a part. */
export function positionOf({ algorithm: { owner }, resolved }: Answer): string {
  const { handle, publicSequence, privateSequence } = owner;
  if (resolved.privateState) {
    return formatPosition({ handle, public: publicSequence, private: privateSequence });
  }
  const known = positions.get(owner);
  if (known !== undefined) return known;
  const made = formatPosition({ handle, public: publicSequence, private: null });
  positions.set(owner, made);
  return made;
}
