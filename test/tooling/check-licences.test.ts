import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SCRIPT = resolve(__dirname, '../../scripts/check-licences.mjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'algogate-licences-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the check on a lock file with one package in it. */
function check(name: string, entry: object): { status: number | null; complaint: string } {
  const file = join(folder, 'package-lock.json');
  const packages = { '': {}, [`node_modules/parent/node_modules/${name}`]: { version: '1.2.3', ...entry } };
  writeFileSync(file, JSON.stringify({ packages }));
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, file], { encoding: 'utf8' });
  return { status, complaint: stderr.trim() };
}

test.each([
  ['MIT'],
  ['0BSD'],
  ['BlueOak-1.0.0'],
  ['(MIT OR WTFPL)'],
  ['GPL-3.0-only OR MIT AND ISC'],
  ['Apache-2.0 AND MIT'],
  ['(BSD-2-Clause OR MIT OR Apache-2.0)'],
  ['Apache-2.0 WITH LLVM-exception'],
])('%s is allowed', (license) => {
  expect(check('some', { license })).toEqual({ status: 0, complaint: '' });
});

test.each([
  ['GPL-3.0-only'],
  ['Elastic-2.0'],
  ['UNLICENSED'],
  ['SEE LICENSE IN LICENSE.md'],
  ['(MIT AND GPL-2.0-only)'],
  ['MIT AND (ISC AND Elastic-2.0)'],
  ['GPL-2.0-only WITH Classpath-exception-2.0'],
  ['(MIT'],
  ['MIT OR'],
  [''],
])('%j is not allowed', (license) => {
  expect(check('some', { license })).toEqual({
    status: 1,
    complaint: `some@1.2.3: ${license} is not on the list`,
  });
});

test('a package without a licence is not allowed', () => {
  expect(check('some', {})).toEqual({ status: 1, complaint: 'some@1.2.3: states no licence' });
});

test.each(['gateway', 'subgraph', 'composition', 'federation-internals', 'query-planner', 'query-graphs'])(
  '@apollo/%s is barred under any licence',
  (name) => {
    expect(check(`@apollo/${name}`, { license: 'MIT' })).toEqual({
      status: 1,
      complaint: `@apollo/${name}@1.2.3: barred, whatever its licence`,
    });
  },
);

test('an exception holds for its licence, and for development alone', () => {
  expect(check('caniuse-lite', { license: 'CC-BY-4.0', dev: true })).toEqual({ status: 0, complaint: '' });
  expect(check('caniuse-lite', { license: 'CC-BY-4.0' })).toEqual({
    status: 1,
    complaint: 'caniuse-lite@1.2.3: CC-BY-4.0 is excepted for development alone, and this is shipped',
  });
  expect(check('caniuse-lite', { license: 'CC-BY-NC-4.0', dev: true }).status).toBe(1);
  expect(check('other', { license: 'CC-BY-4.0', dev: true }).status).toBe(1);
});

test('what is installed passes', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+ packages, 0 not allowed$/m);
});
