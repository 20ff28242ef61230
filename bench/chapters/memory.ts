import { Child } from '../tools/child';
import { figure, type Section } from '../tools/report';

const VERSIONS = 1_000_000;

/** What a million versions take in memory. */
export async function memory(): Promise<Section> {
  const child = Child.start('servers/resolver', null, ['--expose-gc', '--max-old-space-size=4096']);
  const bytes = await child.ask<number>('memory');
  return {
    title: 'Memory',
    rows: [
      {
        what: 'a million public versions, each with a build of its own',
        ours: `${figure(bytes / 1e6)} MB, ${figure(bytes / VERSIONS)} B a version`,
        reference: '',
        ratio: '',
        target: '',
      },
    ],
    notes: [
      'Heap in use after a full garbage collection, before and after ten catalogues of 100,000 versions were made: facts of versions and builds, and all indexes over them.',
    ],
  };
}
