import { AlgogateError } from '../../../src/domain/errors';
import type { Span } from '../../../src/domain/usage/cover';
import { groupedLoader, type Timed } from '../../../src/subgraphs/usage/grouped-loader';

interface Key extends Timed {
  readonly id: number;
  readonly kind: string;
}

const spanOf = (from: number): Span => ({ source: 'DAY', from, to: from + 1 });

function loader() {
  const groups: { first: number; ids: number[] }[] = [];
  const read = (first: Key, keys: readonly Key[]) => {
    groups.push({ first: first.id, ids: keys.map(({ id }) => id) });
    return Promise.resolve(keys.map(({ id, kind, spans }) => `${id} ${kind} ${spans[0]?.from ?? 'never'}`));
  };
  return { groups, loader: groupedLoader<Key, string>(({ kind }) => kind, read) };
}

test('what is of the same time and kind is read together, and answers are in the order of the keys', async () => {
  const keys: readonly Key[] = [
    { id: 0, kind: 'a', spans: [spanOf(1)] },
    { id: 1, kind: 'b', spans: [spanOf(1)] },
    { id: 2, kind: 'a', spans: [spanOf(2)] },
    { id: 3, kind: 'a', spans: [spanOf(1)] },
    { id: 4, kind: 'a', spans: [] },
    { id: 5, kind: 'a', spans: [spanOf(1), spanOf(2)] },
    { id: 6, kind: 'a', spans: [spanOf(1)] },
  ];
  const { groups, loader: loading } = loader();
  expect(await loading.loadMany(keys)).toEqual([
    ...['0 a 1', '1 b 1', '2 a 2', '3 a 1', '4 a never', '5 a 1', '6 a 1'],
  ]);
  expect(groups).toEqual([
    { first: 0, ids: [0, 3, 6] },
    { first: 1, ids: [1] },
    { first: 2, ids: [2] },
    { first: 4, ids: [4] },
    { first: 5, ids: [5] },
  ]);
});

test('the time of many keys of one question is looked at once', async () => {
  let looks = 0;
  const span: Span = {
    source: 'DAY',
    to: 2,
    get from() {
      looks += 1;
      return 1;
    },
  };
  const spans = [span];
  const { groups, loader: loading } = loader();
  const keys = Array.from({ length: 1000 }, (_, id) => ({ id, kind: 'a', spans }));
  await loading.loadMany(keys);
  expect(groups.map(({ ids }) => ids.length)).toEqual([1000]);
  // once more for each answer of this test
  expect(looks).toBe(1 + 1000);
});

test('nothing is remembered, and a key without an answer is an error', async () => {
  const { groups, loader: loading } = loader();
  const key = { id: 1, kind: 'a', spans: [spanOf(1)] };
  await loading.load(key);
  await loading.load(key);
  expect(groups).toHaveLength(2);
  const silent = groupedLoader<Key, string>(
    () => '',
    () => Promise.resolve([]),
  );
  await expect(silent.load(key)).rejects.toThrow('without an answer');
});

test('what is refused of one time, or of one key, is refused of that alone; a fault is one of all', async () => {
  const refused = new AlgogateError('QUERY_TOO_COMPLEX', 'too much');
  const loading = groupedLoader<Key, number>(
    ({ kind }) => kind,
    ({ kind }, keys) => {
      if (kind === 'refused') throw refused;
      if (kind === 'fault') throw new Error('a fault');
      return Promise.resolve(keys.map(({ id }) => (id === 1 ? refused : id)));
    },
  );
  const key = (id: number, kind: string): Key => ({ id, kind, spans: [spanOf(1)] });
  const keys = [key(0, 'a'), key(2, 'refused'), key(1, 'a'), key(3, 'b')];
  expect(await loading.loadMany(keys)).toEqual([0, refused, refused, 3]);
  const faults = await loading.loadMany([key(0, 'a'), key(2, 'fault')]);
  expect(faults.map(String)).toEqual(['Error: a fault', 'Error: a fault']);
});
