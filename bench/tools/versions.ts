import { createHash } from 'node:crypto';

import type { BuildFacts, VersionFacts } from '../../src/domain/facts';
import { parseReference, type Reference } from '../../src/domain/reference';
import type { SelectorKind } from '../../src/domain/terms';
import { parseVersion } from '../../src/domain/version';

/** How many versions each algorithm of a measurement has. */
export const SIZES = [10, 1_000, 100_000] as const;

export type Size = 1 | (typeof SIZES)[number];

/** How many majors, lines of each, and versions of each line make up a size. */
const SHAPES: Readonly<Record<Size, readonly [number, number, number]>> = {
  1: [1, 1, 1],
  10: [1, 10, 1],
  1_000: [10, 10, 10],
  100_000: [10, 100, 100],
};

/** So many public versions, each with a build of its own. @param firstId of versions and of builds */
export function* versionsOf(size: Size, firstId = 1): Generator<VersionFacts> {
  const [, lines, patches] = SHAPES[size];
  for (let at = 0; at < size; at += 1) {
    const [major, minor, patch] = [
      1 + Math.floor(at / (lines * patches)),
      Math.floor(at / patches) % lines,
      at % patches,
    ];
    const parsed = parseVersion(`${major}.${minor}.${patch}`);
    if (parsed === null) throw new Error('a version that was made here is none');
    const id = firstId + at;
    const build: BuildFacts = {
      id,
      sha: createHash('sha1').update(String(id)).digest('hex'),
      status: 'SUCCEEDED',
      backendUrl: `https://backends.example/algorithms/${id}`,
      hasInterface: false,
    };
    yield {
      id,
      version: parsed.text,
      key: parsed.key,
      major,
      minor,
      patch,
      prerelease: false,
      visibility: 'PUBLIC',
      state: 'PUBLISHED',
      yanked: false,
      stable: true,
      build,
    };
  }
}

export const MEASURED_KINDS = [
  'LATEST',
  'PARTIAL',
  'CHANNEL',
  'FULL',
  'RANGE',
] as const satisfies SelectorKind[];
export type MeasuredKind = (typeof MEASURED_KINDS)[number];

/** References of one kind, spread over the versions of an algorithm, parsed as the call path remembers them. */
export function referencesOf(kind: MeasuredKind, endpoint: string, size: Size, count: number): Reference[] {
  const [majors, lines, patches] = SHAPES[size];
  return Array.from({ length: count }, (_, at) => {
    const [major, minor, patch] = [1 + ((at * 7) % majors), (at * 31) % lines, (at * 17) % patches];
    return parseReference(`${endpoint}/${selectorText(kind, major, minor, patch)}`);
  });
}

function selectorText(kind: MeasuredKind, major: number, minor: number, patch: number): string {
  switch (kind) {
    case 'LATEST':
      return 'latest';
    case 'CHANNEL':
      return 'stable';
    case 'PARTIAL':
      return `${major}.${minor}`;
    case 'FULL':
      return `${major}.${minor}.${patch}`;
    case 'RANGE':
      return `^${major}.${minor}.${patch}`;
  }
}
