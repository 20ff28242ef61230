import { spawn } from 'node:child_process';
import fs, { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileJournal, type FileJournalOptions } from '../../src/calls/journal/file-journal';
import { decodeLine, encodeBegun, encodeRecord } from '../../src/calls/journal/record';
import type { CallRecord } from '../../src/domain/usage/call';
import { record } from './support/records';
import { until } from './support/world';

let directory: string;
let taken: CallRecord[];
const open: FileJournal[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
  taken = [];
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((journal) => journal.close(0)));
  rmSync(directory, { recursive: true });
});

async function take(records: readonly CallRecord[]): Promise<void> {
  taken.push(...records);
}

const never = (): Promise<void> => new Promise(() => undefined);

function openJournal(options: Partial<FileJournalOptions> = {}): FileJournal {
  const journal = new FileJournal({ directory, maxBytes: 1_000_000, sink: take, rotateMs: 10, ...options });
  open.push(journal);
  return journal;
}

const files = (end: string): string[] => readdirSync(directory).filter((name) => name.endsWith(end));

const lines = (): string[] =>
  files('.ndjson')
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter((line) => line !== '');

const ids = (): string[] => taken.map(({ requestId }) => requestId);

test.each([
  record('r-1'),
  record('r-2', { keyId: null, versionId: 5, buildId: null, calledFor: 3, outcome: 'TIMEOUT' }),
  record('r-3', { artifacts: 'labels@2,weights@1.0.0+a' }),
])('a record comes out as it went in', (it) => {
  const line = encodeRecord(it);
  expect(decodeLine(line)).toEqual({ begun: false, record: it });
  expect(decodeLine(encodeBegun(it))).toEqual({ begun: true, record: it });
  expect(line.indexOf('\n')).toBe(line.length - 1);
});

test('a line that was written before there were artifacts, or builds, is a record without any', () => {
  const { artifacts: _none, buildId: _neither, ...before } = record('r-1');
  expect(decodeLine(JSON.stringify(before))?.record).toEqual(
    record('r-1', { artifacts: null, buildId: null }),
  );
});

test.each(['', '{', '{"requestId":"r"}', '[]', 'null', '{"requestId":1,"outcome":"OK"}'])(
  '%p is no record',
  (line) => {
    expect(decodeLine(line)).toBeNull();
  },
);

test('all records of a moment are in one write, and on disk when their callers go on', async () => {
  const write = jest.spyOn(fs, 'writeSync');
  const journal = openJournal({ sink: never, rotateMs: 1000 });
  const appends = Array.from({ length: 50 }, (_, i) => journal.append(record(`r-${i}`)));
  expect(new Set(appends).size).toBe(1);
  await Promise.all(appends);
  expect(lines().map((line) => decodeLine(line)?.record)).toEqual(
    Array.from({ length: 50 }, (_, i) => record(`r-${i}`)),
  );
  await journal.append(record('later'));
  expect(lines().length).toBe(51);
  expect(write.mock.calls.length).toBe(2);
  write.mockRestore();
});

test('segments are closed by size and by age, drained in order, and deleted', async () => {
  const journal = openJournal({ segmentBytes: 1000, rotateMs: 20 });
  for (let i = 0; i < 20; i += 1) await journal.append(record(`r-${i}`));
  await until(() => journal.bytes === 0);
  expect(ids()).toEqual(Array.from({ length: 20 }, (_, i) => `r-${i}`));
  expect(taken[3]).toEqual(record('r-3'));
  expect({ left: files('.ndjson'), oldest: journal.oldest }).toEqual({ left: [], oldest: null });
});

test('large segments come in batches', async () => {
  const sizes: number[] = [];
  const journal = openJournal({
    sink: async (records) => {
      sizes.push(records.length);
    },
    rotateMs: 1000,
  });
  await Promise.all(Array.from({ length: 10_000 }, (_, i) => journal.append(record(`r-${i}`))));
  await journal.close();
  expect(sizes).toEqual([4000, 4000, 2000]);
});

test('a full journal admits nothing until it is drained', async () => {
  let away = true;
  const journal = openJournal({
    maxBytes: 1000,
    sink: async (records) => {
      if (away) throw new Error('away');
      await take(records);
    },
  });
  expect(journal.admitting()).toBe(true);
  for (let i = 0; i < 5; i += 1) await journal.append(record(`r-${i}`));
  expect({ admitting: journal.admitting(), over: journal.bytes > 1000 }).toEqual({
    admitting: false,
    over: true,
  });
  expect(journal.oldest).not.toBeNull();
  away = false;
  await until(() => journal.admitting() && journal.bytes === 0);
  expect(ids()).toEqual(['r-0', 'r-1', 'r-2', 'r-3', 'r-4']);
});

test('a sink that fails is tried again from where it was, and nothing is lost or doubled', async () => {
  let calls = 0;
  const faults: unknown[] = [];
  const journal = openJournal({
    sink: async (records) => {
      calls += 1;
      if (calls === 2 || calls === 3) throw new Error(`away ${calls}`);
      await take(records);
    },
    onFault: (fault) => faults.push(fault),
  });
  await Promise.all(Array.from({ length: 6000 }, (_, i) => journal.append(record(`r-${i}`))));
  await until(() => journal.bytes === 0);
  expect(ids()).toEqual(Array.from({ length: 6000 }, (_, i) => `r-${i}`));
  expect(faults).toEqual([new Error('away 2'), new Error('away 3')]);
});

test('close writes what is pending, drains it, and leaves nothing behind', async () => {
  const journal = openJournal({ rotateMs: 100_000 });
  const pending = journal.append(record('last'));
  await journal.close();
  await pending;
  expect({ ids: ids(), files: readdirSync(directory), admitting: journal.admitting() }).toEqual({
    ids: ['last'],
    files: [],
    admitting: false,
  });
  await expect(journal.append(record('after'))).rejects.toThrow('closed');
});

test('what could not be drained at close is drained by the next', async () => {
  const first = openJournal({ sink: () => Promise.reject(new Error('away')) });
  await first.append(record('kept'));
  await first.close(30);
  expect(ids()).toEqual([]);
  const next = openJournal();
  await until(() => next.bytes === 0);
  expect({ ids: ids(), left: files('.ndjson'), locks: files('.lock').length }).toEqual({
    ids: ['kept'],
    left: [],
    locks: 1,
  });
});

describe('a call whose caller had its answer before its end', () => {
  const killed = (...of: readonly string[]): void => {
    for (const [at, text] of of.entries()) {
      const name = `00000000-0000-4000-8000-000000000000.${String(at + 1).padStart(12, '0')}.ndjson`;
      writeFileSync(join(directory, name), text);
    }
  };

  test('is recorded once, by its end', async () => {
    const journal = openJournal();
    await journal.begin(record('void', { outcome: 'BACKEND_UNAVAILABLE' }));
    await journal.append(record('other'));
    await until(() => ids().includes('other'));
    await journal.append(record('void'));
    await until(() => ids().length === 2);
    await journal.close();
    expect(taken).toEqual([record('other'), record('void')]);
    expect(files('.ndjson')).toEqual([]);
  });

  test('is in every segment from its beginning to its end, however many are drained meanwhile', async () => {
    const journal = openJournal();
    await journal.begin(record('void'));
    for (const id of ['a', 'b', 'c']) {
      await journal.append(record(id));
      await until(() => ids().includes(id));
      await until(() => files('.ndjson').length === 1);
      expect(lines().map((line) => decodeLine(line))).toEqual([{ begun: true, record: record('void') }]);
    }
  });

  test('is recorded as it began where the process died', async () => {
    const begun = encodeBegun(record('void', { outcome: 'BACKEND_UNAVAILABLE' }));
    const ended = encodeBegun(record('ended', { outcome: 'BACKEND_UNAVAILABLE' }));
    killed(`${begun}${ended}`, `${begun}${ended}${encodeRecord(record('ended'))}`, begun);
    const journal = openJournal();
    await until(() => journal.bytes === 0);
    expect(taken).toEqual([record('ended'), record('void', { outcome: 'BACKEND_UNAVAILABLE' })]);
  });

  test('is recorded as it began where the journal is closed before its end', async () => {
    const journal = openJournal();
    await journal.begin(record('void', { outcome: 'BACKEND_UNAVAILABLE' }));
    await journal.close();
    expect(taken).toEqual([record('void', { outcome: 'BACKEND_UNAVAILABLE' })]);
    await expect(journal.begin(record('after'))).rejects.toThrow('closed');
  });
});

test('a living worker\u2019s segments are left alone', async () => {
  const living = openJournal({ sink: never, rotateMs: 100_000 });
  await living.append(record('mine'));
  const other = openJournal({ leftoverMs: 5 });
  await other.append(record('other'));
  await until(() => other.bytes === 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect({ ids: ids(), lines: lines().length }).toEqual({ ids: ['other'], lines: 1 });
});

test('a torn last line is passed over, a damaged one inside is reported, and all else is kept', async () => {
  const faults: unknown[] = [];
  const name = '00000000-0000-4000-8000-000000000000.000000000001.ndjson';
  writeFileSync(join(directory, name), `${encodeRecord(record('a'))}damage\n\n${encodeRecord(record('b'))}`);
  appendFileSync(join(directory, name), encodeRecord(record('torn')).slice(0, -5));
  const journal = openJournal({ onFault: (fault) => faults.push(fault) });
  await until(() => journal.bytes === 0);
  expect({ ids: ids(), left: files('.ndjson'), faults }).toEqual({
    ids: ['a', 'b'],
    left: [],
    faults: [new Error('the call journal has 1 unreadable records')],
  });
});

test('a segment that someone took away does not hold up the others', async () => {
  const faults: unknown[] = [];
  let away = true;
  const journal = openJournal({
    sink: async (records) => {
      if (away) throw new Error('away');
      await take(records);
    },
    segmentBytes: 1,
    onFault: (fault) => faults.push(fault),
  });
  for (const id of ['a', 'b', 'c', 'd']) await journal.append(record(id));
  await until(() => faults.length > 0);
  const [, , third = ''] = files('.ndjson').sort(); // the first two are still in memory
  rmSync(join(directory, third));
  away = false;
  await until(() => journal.bytes === 0);
  expect({ ids: ids(), last: faults.at(-1) }).toEqual({
    ids: ['a', 'b', 'd'],
    last: new Error('a segment of the call journal was taken away'),
  });
});

test('a disk that refuses: nothing half written stays, nothing is admitted, and it recovers', async () => {
  const real = fs.writeSync;
  let broken = true;
  const write = jest.spyOn(fs, 'writeSync').mockImplementation(((fd: number, bytes: Buffer, from: number) => {
    if (!broken) return real(fd, bytes, from);
    if (from === 0) return real(fd, bytes, 0, 10);
    throw new Error('ENOSPC');
  }) as typeof fs.writeSync);
  const journal = openJournal();
  await expect(journal.append(record('lost'))).rejects.toThrow('ENOSPC');
  expect({ admitting: journal.admitting(), lines: lines() }).toEqual({ admitting: false, lines: [] });
  broken = false;
  await until(() => journal.admitting());
  await journal.append(record('next'));
  await until(() => journal.bytes === 0);
  write.mockRestore();
  expect(ids()).toEqual(['next']);
});

test('after kill -9, whatever was acknowledged is there, once; and its successor drains it', async () => {
  const acknowledged = new Set<string>();
  const worker = (name: string): Promise<void> =>
    new Promise((resolve) => {
      const register = join(__dirname, 'support/register.cjs');
      const script = join(__dirname, 'support/journal-worker.ts');
      const child = spawn(process.execPath, ['-r', register, script, directory, name]);
      let text = '';
      child.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.length > 20_000) child.kill('SIGKILL');
      });
      child.on('close', () => {
        for (const line of text.split('\n').slice(0, -1)) acknowledged.add(line);
        resolve();
      });
    });
  await Promise.all([worker('one'), worker('two')]);
  expect(acknowledged.size).toBeGreaterThan(1000);
  const next = openJournal();
  await until(() => next.bytes === 0);
  const drained = new Set(ids());
  expect([...acknowledged].filter((id) => !drained.has(id))).toEqual([]);
  expect({
    doubled: taken.length - drained.size,
    left: files('.ndjson'),
    locks: files('.lock').length,
  }).toEqual({
    doubled: 0,
    left: [],
    locks: 1,
  });
});
