import { AlgogateError } from '../domain/errors';
import type { Admission, ArtifactRevision, CallPorts } from './ports';

const MOST_NAMED = 50;
const NAMED = /^([A-Za-z][A-Za-z0-9_.-]{0,62})@([A-Za-z0-9][A-Za-z0-9_.+-]{0,127})$/;

/**
 * The artifacts that a call names, `name@revision,…`, as revisions by name; in one order, however they are written.
 * @throws AlgogateError INVALID_INPUT
 */
export function parseArtifacts(text: string): ReadonlyMap<string, string> {
  const items = text.split(',', MOST_NAMED + 1);
  if (items.length > MOST_NAMED) throw invalid(`artifacts may name at most ${MOST_NAMED}`);
  const revisions = new Map<string, string>();
  for (const item of items.sort()) {
    const [, name, revision] = NAMED.exec(item) ?? [];
    if (name === undefined || revision === undefined) {
      throw invalid(
        'artifacts must be name@revision, with commas between them (a + in a URL is written %2B)',
      );
    }
    if (revisions.has(name)) throw invalid(`artifacts name ${name} twice`);
    revisions.set(name, revision);
  }
  return revisions;
}

/**
 * What holds for one call, as its backend and its record say it: `name@revision,…`, null for nothing.
 * @throws AlgogateError INVALID_INPUT where the caller names what the algorithm does not have
 */
export function artifactsOfCall(
  ports: CallPorts,
  admission: Admission,
  wanted: ReadonlyMap<string, string> | null,
): string | null | Promise<string | null> {
  if (wanted === null) return textOf(admission.artifacts);
  const [name = ''] = wanted.keys();
  if (ports.artifactsFor === undefined) throw invalid(`${admission.canonical} has no artifact ${name}`);
  const found = ports.artifactsFor(admission, wanted);
  return found instanceof Promise ? found.then(textOf) : textOf(found);
}

/** The revisions that `artifactsOfCall` put into words. */
export function artifactsIn(text: string | null): readonly ArtifactRevision[] {
  if (text === null) return [];
  return text.split(',').map((item) => {
    const at = item.indexOf('@');
    return { name: item.slice(0, at), revision: item.slice(at + 1) };
  });
}

function textOf(artifacts: readonly ArtifactRevision[]): string | null {
  if (artifacts.length === 0) return null;
  return artifacts.map(({ name, revision }) => `${name}@${revision}`).join(',');
}

function invalid(message: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, ['artifacts']);
}
