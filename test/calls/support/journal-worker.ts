import { FileJournal } from '../../../src/calls/journal/file-journal';
import { record } from './records';

/** Records calls until it is killed, and says on standard output which ones are in the journal. */
async function main(directory: string, name: string): Promise<void> {
  const journal = new FileJournal({
    directory,
    maxBytes: 1_000_000_000,
    segmentBytes: 20_000,
    sink: () => new Promise(() => undefined),
  });
  for (let i = 0; ; i += 10) {
    const ids = Array.from({ length: 10 }, (_, n) => `${name}-${i + n}`);
    await Promise.all(ids.map((id) => journal.append(record(id))));
    process.stdout.write(`${ids.join('\n')}\n`);
  }
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
