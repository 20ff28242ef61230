import fc from 'fast-check';

import { AlgorithmCatalog } from '../../src/domain/catalog';
import { AlgogateError } from '../../src/domain/errors';
import type { BuildFacts, VersionFacts } from '../../src/domain/facts';
import { parseVersion, type SemVer } from '../../src/domain/version';

export function version(text: string): SemVer {
  const parsed = parseVersion(text);
  if (parsed === null) throw new Error(`a test wants a version, and ${text} is none`);
  return parsed;
}

/** A SHA that reads like what it stands for: `sha('a1')` is a1 and zeros. */
export function sha(beginning: string): string {
  return beginning.padEnd(40, '0');
}

export function build(beginning: string, change: Partial<BuildFacts> = {}): BuildFacts {
  const backendUrl = 'https://backend.test/';
  return { id: 1, sha: sha(beginning), status: 'SUCCEEDED', backendUrl, hasInterface: false, ...change };
}

/** A public, published version with a build of its own, unless `change` says otherwise. */
export function facts(text: string, change: Partial<VersionFacts> = {}): VersionFacts {
  const { major, minor, patch, prerelease, key } = version(text);
  return {
    id: 1,
    version: text,
    key,
    major,
    minor,
    patch,
    prerelease: prerelease.length > 0,
    visibility: 'PUBLIC',
    state: 'PUBLISHED',
    yanked: false,
    stable: true,
    build: build(Buffer.from(key).toString('hex').slice(0, 39)),
    ...change,
  };
}

export const PRIVATE = { visibility: 'PRIVATE' } as const;
export const YANKED = { yanked: true } as const;

export function catalogOf(...versions: readonly (string | VersionFacts)[]): AlgorithmCatalog {
  return AlgorithmCatalog.from(
    versions.map((item) => (typeof item === 'string' ? facts(item) : item)),
    [],
  );
}

/** Code and message of the error that `action` throws. */
export function errorOf(action: () => unknown): { code: string; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof AlgogateError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

const smallNumber = fc.integer({ min: 0, max: 12 });
const anyNumber = fc.oneof(
  { weight: 8, arbitrary: smallNumber },
  { weight: 2, arbitrary: fc.maxSafeNat() },
  { weight: 1, arbitrary: fc.constantFrom(9, 10, 99, 100, Number.MAX_SAFE_INTEGER) },
);

const identifierCharacters = Array.from('-09AZaz');
const textIdentifier = fc
  .array(fc.constantFrom(...identifierCharacters), { minLength: 1, maxLength: 4 })
  .map((characters) => characters.join(''))
  .map((text) => (/^[0-9]+$/.test(text) ? `${text}-` : text));
const prereleaseIdentifier = fc.oneof(
  textIdentifier,
  fc.constantFrom('a', 'b', 'a-', 'alpha', 'beta', 'rc'),
  anyNumber.map(String),
);

function versionTexts(number: fc.Arbitrary<number>): fc.Arbitrary<string> {
  return fc
    .record({
      numbers: fc.tuple(number, number, number),
      prerelease: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 2, arbitrary: fc.array(prereleaseIdentifier, { minLength: 1, maxLength: 3 }) },
      ),
    })
    .map(({ numbers, prerelease }) => {
      const core = numbers.join('.');
      return prerelease.length === 0 ? core : `${core}-${prerelease.join('.')}`;
    });
}

/** Versions of any size. */
export const anyVersion = versionTexts(anyNumber);

/** Versions so close to each other that ranges and lines have several. */
export const nearVersion = versionTexts(fc.integer({ min: 0, max: 3 }));
