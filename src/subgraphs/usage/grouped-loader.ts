import DataLoader from 'dataloader';

import { AlgogateError } from '../../domain/errors';
import type { Span } from '../../domain/usage/cover';

/** What is asked of a time. */
export interface Timed {
  readonly spans: readonly Span[];
}

/** Keys that are read together, and where among all keys each of them stands. */
interface Group<K> {
  readonly first: K;
  readonly keys: K[];
  readonly places: number[];
}

/**
 * A loader that reads at once what is asked of the same time, and is alike by `kindOf`. It remembers nothing.
 * @param read gives one answer for each key, in their order, or the error that it alone is refused with; what all of
 *   them have in common is in the first one
 */
export function groupedLoader<K extends Timed, T>(
  kindOf: (key: K) => string,
  read: (first: K, keys: readonly K[]) => Promise<readonly (T | Error)[]>,
): DataLoader<K, T> {
  return new DataLoader<K, T>(
    async (keys) => {
      const found = new Array<T | Error>(keys.length);
      for (const { first, keys: alike, places } of groupsOf(keys, kindOf)) {
        const answers = await refusedOr(() => read(first, alike));
        if (answers instanceof AlgogateError) {
          for (const place of places) found[place] = answers;
          continue;
        }
        for (const [at, place] of places.entries()) found[place] = answerAt(answers, at);
      }
      return found;
    },
    { cache: false },
  );
}

/** What is refused of one time keeps nobody from what was read of another. */
async function refusedOr<T>(read: () => Promise<T>): Promise<T | AlgogateError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AlgogateError) return error;
    throw error;
  }
}

/** The same for the same time, whoever asks of it. */
export function nameOfTime(spans: readonly Span[]): string {
  return spans.map(({ source, from, to }) => `${source} ${from} ${to}`).join();
}

function answerAt<T>(answers: readonly (T | Error)[], at: number): T | Error {
  if (at >= answers.length) throw new Error('a key was read without an answer');
  return answers[at] as T | Error;
}

function groupsOf<K extends Timed>(keys: readonly K[], kindOf: (key: K) => string): Iterable<Group<K>> {
  const groups = new Map<string, Group<K>>();
  const nameOf = timeNames();
  for (const [place, key] of keys.entries()) {
    const name = `${nameOf(key.spans)} ${kindOf(key)}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { first: key, keys: [key], places: [place] });
    else {
      group.keys.push(key);
      group.places.push(place);
    }
  }
  return groups.values();
}

/** A short name of each time. The keys of one question have one array: of those, all but the first cost a look-up. */
function timeNames(): (spans: readonly Span[]) => number {
  const ofArray = new Map<readonly Span[], number>();
  const ofTime = new Map<string, number>();
  return (spans) => {
    const known = ofArray.get(spans);
    if (known !== undefined) return known;
    const text = nameOfTime(spans);
    const name = ofTime.get(text) ?? ofTime.size;
    ofTime.set(text, name);
    ofArray.set(spans, name);
    return name;
  };
}
