import type { AlgorithmCatalog } from './catalog';
import type { VersionFacts } from './facts';
import { ALL_KEYS, contains, type KeyInterval, keysUnder } from './interval';
import type { ChannelSelector, Selector } from './reference';
import type { Resolved } from './resolve';
import type { ReadonlySorted } from './sorted';
import { lineKey, majorKey } from './version';

/** A version above the chosen one, and why it was passed over. */
export interface TraceStep {
  readonly version: string;
  /** `outside range`, `yanked`, `prerelease` or `not in stable yet`; on a last step beyond ten, how the trace was cut off. */
  readonly reason: string;
}

const MAX_CANDIDATES = 10;

/**
 * Up to ten candidates nearest above the chosen version, nearest first, and why each was passed over; if there are
 * more, a last step says how many. For a caller-independent selector the candidates are the public versions, yanked
 * ones included, and nothing else takes part. FULL and SHA have no candidates but the chosen one.
 * Source: chapter 1, "What comes back".
 */
export function trace(
  catalog: AlgorithmCatalog,
  selector: Selector,
  resolved: Resolved,
): readonly TraceStep[] {
  if (resolved.version === null) return [];
  const { key } = resolved.version;
  switch (selector.kind) {
    case 'LATEST':
      return tracePublic(catalog, key, [ALL_KEYS]);
    case 'PARTIAL':
      return tracePublic(catalog, key, [keysUnder(lineOf(selector.major, selector.minor))]);
    case 'RANGE':
      return tracePublic(catalog, key, selector.range.releases);
    case 'CHANNEL':
      return traceChannel(catalog, selector, key);
    case 'LATEST_PRIVATE':
      return passedOver([catalog.privateYanked], key, () => 'yanked');
    case 'FULL':
    case 'SHA':
      return [];
  }
}

function tracePublic(
  { public: good, publicYanked }: AlgorithmCatalog,
  key: string,
  wanted: readonly KeyInterval[],
): readonly TraceStep[] {
  return passedOver([good.all, publicYanked], key, (candidate) => {
    if (!wanted.some((interval) => contains(interval, candidate.key))) return 'outside range';
    return candidate.yanked ? 'yanked' : 'prerelease';
  });
}

/** The candidates of a computed channel are those of `latest`; a pointer has none but what it points to. */
function traceChannel(
  catalog: AlgorithmCatalog,
  { name }: ChannelSelector,
  key: string,
): readonly TraceStep[] {
  if (catalog.public.isPointer(name)) return [];
  return passedOver([catalog.public.all, catalog.publicYanked], key, (candidate) => {
    if (candidate.yanked) return 'yanked';
    return candidate.prerelease ? 'prerelease' : 'not in stable yet';
  });
}

function passedOver(
  lists: readonly ReadonlySorted<VersionFacts>[],
  key: string,
  reasonOf: (candidate: VersionFacts) => string,
): readonly TraceStep[] {
  const nearest = lists
    .flatMap((list) => list.nearestAbove(key, MAX_CANDIDATES + 1))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const total = lists.reduce((sum, list) => sum + list.countAbove(key), 0);
  return steps(nearest, total, reasonOf);
}

/** @param nearest the first eleven at least, where `total` is as much */
function steps(
  nearest: readonly VersionFacts[],
  total: number,
  reasonOf: (candidate: VersionFacts) => string,
): readonly TraceStep[] {
  const shown = nearest
    .slice(0, MAX_CANDIDATES)
    .map((candidate) => ({ version: candidate.version, reason: reasonOf(candidate) }));
  const next = nearest[MAX_CANDIDATES];
  if (next === undefined) return shown;
  return [...shown, { version: next.version, reason: `cut off here: ${total - MAX_CANDIDATES} more above` }];
}

function lineOf(major: number, minor: number | undefined): string {
  return minor === undefined ? majorKey(major) : lineKey(major, minor);
}
