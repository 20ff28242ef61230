import fs, {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileJournal, type FileJournalOptions } from '../../src/calls/journal/file-journal';
import { decodeLine, encodeBegun, encodeRecord } from '../../src/calls/journal/record';
import type { CallRecord } from '../../src/domain/usage/call';
import { record } from './support/records';
import { until } from './support/world';

/** Chapter 6, "No answer unmetered", where the disk refuses and where a death comes at the worst moment. */

const DEAD = '00000000-0000-4000-8000-000000000000';
const realWrite = fs.writeSync;

let directory: string;
let taken: CallRecord[];
let faults: unknown[];
/** Decides before each write; what it throws is what the disk says. */
let disk: (text: string) => void;
const open: FileJournal[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
  [taken, faults, disk] = [[], [], () => undefined];
  jest.spyOn(fs, 'writeSync').mockImplementation(((fd: number, bytes: Buffer, from: number) => {
    disk(bytes.toString());
    return realWrite(fd, bytes, from);
  }) as typeof fs.writeSync);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map((journal) => journal.close(0)));
  rmSync(directory, { recursive: true });
});

function openJournal(options: Partial<FileJournalOptions> = {}): FileJournal {
  const sink = async (records: readonly CallRecord[]) => void taken.push(...records);
  const onFault = (fault: unknown) => faults.push(fault);
  const journal = new FileJournal({
    directory,
    maxBytes: 1_000_000,
    sink,
    rotateMs: 10,
    onFault,
    ...options,
  });
  open.push(journal);
  return journal;
}

const files = (end: string): string[] => readdirSync(directory).filter((name) => name.endsWith(end));
const pathOf = (number: number): string =>
  join(directory, `${DEAD}.${String(number).padStart(12, '0')}.ndjson`);
const refuse = (): void => {
  throw new Error('ENOSPC');
};
const unended = (id: string): CallRecord => record(id, { outcome: 'BACKEND_UNAVAILABLE' });

test('a segment is there with all that is under way, or it is not there', async () => {
  const journal = openJournal();
  await journal.begin(unended('void'));
  const seen: unknown[] = [];
  disk = (text) => {
    if (text === encodeBegun(unended('void'))) seen.push(files('.ndjson').length, files('.new').length);
  };
  await journal.append(record('other'));
  await until(() => taken.length === 1 && journal.waiting === 0);
  expect(seen).toEqual([1, 1]);
  expect(files('.new')).toEqual([]);
  expect(files('.ndjson').map((name) => decodeLine(readFileSync(join(directory, name), 'utf8')))).toEqual([
    { begun: true, record: unended('void') },
  ]);
});

test('a worker that died while it began a segment has what was under way in the one before', async () => {
  writeFileSync(pathOf(1), `${encodeBegun(unended('void'))}${encodeRecord(record('other'))}`);
  writeFileSync(`${pathOf(2)}.new`, encodeBegun(unended('void')).slice(0, 10));
  const journal = openJournal();
  await until(() => journal.bytes === 0);
  expect(taken).toEqual([record('other'), unended('void')]);
  await journal.close();
  expect(readdirSync(directory)).toEqual([]);
});

test('a call that is twice under way in one segment leaves one record', async () => {
  writeFileSync(pathOf(1), encodeBegun(unended('void')).repeat(2));
  const journal = openJournal();
  await until(() => journal.bytes === 0);
  expect(taken).toEqual([unended('void')]);
});

test('what was written before the disk refused is drained while it still refuses', async () => {
  const journal = openJournal({ rotateMs: 30 });
  await journal.append(record('before'));
  disk = refuse;
  await expect(journal.append(record('withheld'))).rejects.toThrow('ENOSPC');
  await until(() => taken.length === 1 && journal.waiting === 0);
  await until(() => faults.length > 3);
  expect({ taken, admitting: journal.admitting(), bytes: journal.bytes }).toEqual({
    taken: [record('before')],
    admitting: false,
    bytes: 0,
  });
  expect(files('.ndjson').length).toBe(1); // it is tried again, and not filled with empty files
  disk = () => undefined;
  await until(() => journal.admitting());
});

test('a call that was answered before its end is recorded though the disk refuses that end', async () => {
  const recorded: CallRecord[] = [];
  const journal = openJournal({ onRecorded: (it) => recorded.push(it) });
  await journal.begin(unended('void'));
  disk = refuse;
  await expect(journal.append(record('void'))).rejects.toThrow('ENOSPC');
  await until(() => taken.length === 1 && journal.waiting === 0);
  expect({ taken, recorded }).toEqual({ taken: [record('void')], recorded: [record('void')] });
});

test('and its beginning stays on disk until that record is drained', async () => {
  let away = true;
  const journal = openJournal({
    sink: async (records) => {
      if (away) throw new Error('away');
      taken.push(...records);
    },
  });
  await journal.begin(unended('void'));
  disk = refuse;
  await expect(journal.append(record('void'))).rejects.toThrow('ENOSPC');
  await until(() => faults.some((fault) => String(fault).includes('away')));
  const onDisk = (): string[] =>
    files('.ndjson').flatMap((name) => readFileSync(join(directory, name), 'utf8').match(/.*\n/g) ?? []);
  expect(new Set(onDisk())).toEqual(new Set([encodeBegun(unended('void'))]));
  away = false;
  await until(() => taken.length === 1 && onDisk().length === 0);
  expect(taken).toEqual([record('void')]);
});

test('a segment that is closed on a full disk is kept while it alone knows what is under way', async () => {
  const journal = openJournal();
  await journal.begin(unended('void'));
  await journal.append(record('other'));
  disk = refuse;
  await until(() => faults.length > 2);
  expect({ taken, admitting: journal.admitting() }).toEqual({ taken: [], admitting: false });
  disk = () => undefined;
  await until(() => journal.admitting());
  await journal.append(record('void'));
  await until(() => taken.length === 2);
  expect(taken).toEqual([record('other'), record('void')]);
});

test('what waits for the disk to take what is under way is not drained, and has its age', async () => {
  const [start, journal] = [Date.now(), openJournal({ rotateMs: 1e6 })];
  await journal.begin(unended('void'));
  await journal.append(record('other'));
  disk = refuse;
  await expect(journal.whenDrained()).rejects.toThrow('refuses what is under way');
  expect(journal.oldest).toBeGreaterThanOrEqual(start);
  expect({ taken, waiting: journal.waiting }).toEqual({ taken: [], waiting: 1 });
  disk = () => undefined;
  await journal.whenDrained();
  expect({ taken, oldest: journal.oldest }).toEqual({ taken: [record('other')], oldest: null });
});

test('nor is the end of a call that the disk refused while another is under way', async () => {
  const [start, journal] = [Date.now(), openJournal({ rotateMs: 1e6 })];
  await journal.begin(unended('void-1'));
  await journal.begin(unended('void-2'));
  disk = refuse;
  await expect(journal.append(record('void-1'))).rejects.toThrow('ENOSPC');
  expect(journal.oldest).toBeGreaterThanOrEqual(start);
  await expect(journal.whenDrained()).rejects.toThrow('refuses what is under way');
  expect(taken).toEqual([]);
  await expect(journal.append(record('void-2'))).rejects.toThrow('ENOSPC');
  await journal.whenDrained();
  expect({ taken, oldest: journal.oldest }).toEqual({
    taken: [record('void-1'), record('void-2')],
    oldest: null,
  });
});

test('the age is that of the oldest, in whatever order it is drained', async () => {
  const journal = openJournal({ leftoverMs: 10, sink: () => Promise.reject(new Error('away')) });
  await journal.append(record('own'));
  await until(() => faults.length > 0);
  writeFileSync(pathOf(1), encodeRecord(record('left')));
  utimesSync(pathOf(1), 1_000, 1_000);
  await until(() => journal.oldest === 1_000_000);
});

test('a beginning that the disk refused leaves nothing: its caller heard so', async () => {
  const journal = openJournal();
  disk = refuse;
  await expect(journal.begin(unended('void'))).rejects.toThrow('ENOSPC');
  disk = () => undefined;
  await until(() => journal.admitting());
  await journal.append(record('other'));
  await journal.close();
  expect(taken).toEqual([record('other')]);
});

test('a dead worker whose files cannot be had does not hold up the others', async () => {
  const stuck = 'ffffffff-0000-4000-8000-000000000000';
  mkdirSync(join(directory, `${stuck}.lock`));
  mkdirSync(join(directory, `${DEAD.replace('4', '1')}.lock`));
  writeFileSync(pathOf(1), encodeRecord(record('kept')));
  const journal = openJournal();
  await until(() => journal.bytes === 0);
  expect({ taken, faults: faults.length }).toEqual({ taken: [record('kept')], faults: 2 });
});
