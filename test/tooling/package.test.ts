import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { minVersion, satisfies } from 'semver';

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(resolve(__dirname, '../..', file), 'utf8'));
const manifest = read('package.json') as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  engines: { node: string };
};
const lock = Object.entries((read('package-lock.json') as { packages: Record<string, LockEntry> }).packages);
const places = new Set(lock.map(([place]) => place));

/** Where Node finds `name` from `place`: in its own node_modules, or in one further out. */
function isFoundFrom(place: string, name: string): boolean {
  if (places.has(place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`)) return true;
  const outer = place.lastIndexOf('/node_modules/');
  return place !== '' && isFoundFrom(outer < 0 ? '' : place.slice(0, outer), name);
}

test('the lock file names no address that a package was fetched from', () => {
  expect(lock.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

// Without this `npm ci` fails, on every platform: a lock file made where some were missing lacks them for good.
test('the lock file holds the optional packages of all platforms', () => {
  const missing = lock.flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isFoundFrom(place, name)),
  );
  expect(missing).toEqual([]);
});

test('every package runs on the oldest Node that we promise', () => {
  const oldest = minVersion(manifest.engines.node)!;
  const tooNew = lock.filter(
    ([, { engines }]) => engines?.node !== undefined && !satisfies(oldest, engines.node),
  );
  expect(tooNew.map(([place]) => place)).toEqual([]);
});

test('what has not reached 1.0 is pinned', () => {
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(wanted.filter(([, range]) => /^[~^><=]+ *0\./.test(range))).toEqual([]);
});
