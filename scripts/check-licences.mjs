/**
 * Reads the licence of every package in the lock file, for running and for building, and fails on any that is not
 * on the list. `node scripts/check-licences.mjs [package-lock.json]`
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ALLOWED = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  '0BSD',
]);

/** Under the Elastic licence in the versions of today; our gateway and composition exist so as not to need them. */
const BARRED = /^@apollo\/(gateway|subgraph|composition|federation-internals|query-planner|query-graphs)$/;

/** Packages under another licence, each with the reason why it may stay. None of them is shipped. */
const DEVELOPMENT_EXCEPTIONS = new Map([
  [
    'caniuse-lite',
    {
      licence: 'CC-BY-4.0',
      reason: 'data about browsers, which Babel loads beneath Jest; neither changed nor passed on',
    },
  ],
]);

/**
 * Evaluates an SPDX expression: ids, AND, OR, WITH, brackets; AND binds closer than OR (SPDX 2.3, annex D).
 * An exception after WITH only adds permission, so what counts is the licence before it.
 */
function allows(expression, isAllowed) {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  const take = () => tokens.shift();

  function either() {
    let value = both();
    while (tokens[0] === 'OR') {
      take();
      value = both() || value;
    }
    return value;
  }
  function both() {
    let value = one();
    while (tokens[0] === 'AND') {
      take();
      value = one() && value;
    }
    return value;
  }
  function one() {
    const token = take();
    if (token === undefined || [')', 'AND', 'OR', 'WITH'].includes(token)) throw new Error('malformed');
    if (token === '(') {
      const value = either();
      if (take() !== ')') throw new Error('malformed');
      return value;
    }
    if (tokens[0] === 'WITH') tokens.splice(0, 2);
    return isAllowed(token);
  }

  try {
    const value = either();
    return tokens.length === 0 && value;
  } catch {
    return false;
  }
}

/** The lock file repeats what a package says of itself; an old package may say it only in its own way. */
function licenceOf(root, place, entry) {
  if (entry.license !== undefined) return entry.license;
  const file = path.join(root, place, 'package.json');
  if (!existsSync(file)) return null;
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof license === 'string') return license;
  if (typeof license?.type === 'string') return license.type;
  return Array.isArray(licenses) ? licenses.map(({ type }) => type).join(' OR ') : null;
}

/** What is wrong with one package, or null. `used` collects the exceptions that were needed. */
function complaint({ name, version, licence, development }, used) {
  const what = `${name}@${version}`;
  if (BARRED.test(name)) return `${what}: barred, whatever its licence`;
  if (licence === null) return `${what}: states no licence`;
  if (allows(licence, (id) => ALLOWED.has(id))) return null;
  const exception = DEVELOPMENT_EXCEPTIONS.get(name);
  if (exception?.licence !== licence) return `${what}: ${licence} is not on the list`;
  if (!development) return `${what}: ${licence} is excepted for development alone, and this is shipped`;
  used.add(name);
  return null;
}

function packagesOf(lockFile) {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  return Object.entries(packages)
    .filter(([place, entry]) => place.includes('node_modules/') && entry.link !== true)
    .map(([place, entry]) => ({
      name: entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version,
      licence: licenceOf(path.dirname(lockFile), place, entry),
      development: entry.dev === true,
    }));
}

const lockFile = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../package-lock.json'));
const packages = packagesOf(lockFile);
const used = new Set();
const complaints = packages.map((one) => complaint(one, used)).filter((text) => text !== null);

const counts = new Map();
for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${count}\t${licence}`);
for (const name of used) console.log(`excepted: ${name}: ${DEVELOPMENT_EXCEPTIONS.get(name).reason}`);
for (const text of complaints) console.error(text);
console.log(`${packages.length} packages, ${complaints.length} not allowed`);
process.exitCode = complaints.length > 0 ? 1 : 0;
