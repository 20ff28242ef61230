import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runAlgogate } from '../builders/command';
import { DATABASES } from '../builders/databases';
import { Histories } from './history';
import { commitMany } from './support';

describe.each(DATABASES)('algogate ledger export on %s', (_name, create) => {
  let world: Histories;
  beforeAll(async () => {
    world = await Histories.open(create);
    await world.owner('Acme', 4, 2);
    const beta = await world.owner('Beta', 1, 1);
    await world.note(beta, 'public', 1);
    await world.signer.signMoved();
    await world.note(beta, 'public', 2);
  });
  afterAll(() => world.close());

  const exported = (...words: string[]) => runAlgogate(['ledger', 'export', ...words], world.env);
  const lines = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test('whoever has an export alone can compute every hash of it', async () => {
    const { code, stdout, stderr } = await exported();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const entries = lines(stdout).filter(({ action }) => action !== undefined);
    expect(entries).toHaveLength(10);
    for (const { hash, ...entry } of entries) {
      const names = Object.keys(entry).sort();
      const text = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(entry[name])}`).join(',');
      expect(createHash('sha256').update(`{${text}}`).digest('hex')).toBe(hash);
    }
    expect(
      lines(stdout)
        .slice(10)
        .map(({ owner, chain, sequence, jws }) => [owner, chain, sequence, typeof jws]),
    ).toEqual([
      ['Acme', 'private', 2, 'string'],
      ['Acme', 'public', 4, 'string'],
      ['Beta', 'private', 1, 'string'],
      ['Beta', 'public', 2, 'string'],
      ['Acme', 'public', 4, 'undefined'],
      ['Acme', 'private', 2, 'undefined'],
      ['Beta', 'public', 3, 'undefined'],
      ['Beta', 'private', 1, 'undefined'],
    ]);
  });

  test('of one owner, in whatever case; of none, nothing and exit code 2', async () => {
    const { stdout } = await exported('--owner', 'bETA');
    expect(new Set(lines(stdout).map(({ owner }) => owner))).toEqual(new Set(['Beta']));
    expect(lines(stdout)).toHaveLength(4 + 2 + 2);
    expect(await exported('--owner', 'ghost')).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'algogate: there is no owner ghost\n',
    });
  });

  test('what it prints can be held against the ledger, by a pipe or a file', async () => {
    const { stdout } = await exported();
    const piped = await runAlgogate(['ledger', 'verify', '--against', '-'], world.env, stdout);
    expect(piped.stdout).toMatch(/^sound: 10 entries of 2 owners, 4 signed heads, 18 held against them; /);
    const file = join(world.dataDir, 'export.ndjson');
    writeFileSync(
      file,
      stdout.replace('"round":1', '"round":7').replaceAll('\\"round\\":1', '\\"round\\":7'),
    );
    const { code, stdout: said } = await runAlgogate(['ledger', 'verify', '--against', file], world.env);
    expect(code).toBe(1);
    expect(said.split('\n')[0]).toMatch(/export\.ndjson:\d+: its hash is not that of what it says$/);
  });

  test('a reader that leaves ends it quietly', async () => {
    const many = await world.owner('Many', 1);
    await commitMany(world.database, many, 5_000);
    const register = join(__dirname, '../calls/support/register.cjs');
    const main = join(__dirname, '../../src/main.ts');
    const child = spawn(
      'bash',
      [
        '-c',
        `"${process.execPath}" -r "${register}" "${main}" ledger export | head -n 1; echo "\${PIPESTATUS[0]}"`,
      ],
      // bash reads the settings of a user whose standard input is a socket
      { env: { PATH: process.env['PATH'], ...world.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    await new Promise((resolve) => child.on('close', resolve));
    expect([stdout.split('\n').slice(1), stderr]).toEqual([['0', ''], '']);
  });

  test('a file that is not there, and a database that is not: exit code 2', async () => {
    const missing = await runAlgogate(['ledger', 'verify', '--against', '/nowhere/heads'], world.env);
    expect([missing.code, missing.stdout]).toEqual([2, '']);
    expect(missing.stderr).toContain('/nowhere/heads');
    const elsewhere = { ...world.env, ALGOGATE_DATABASE_URL: `sqlite:${join(world.dataDir, 'none.db')}` };
    expect(await runAlgogate(['ledger', 'verify'], elsewhere)).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'algogate: the database is not up to date: algogate migrate\n',
    });
  });
});
