import { CheckedInterfaces } from '../../../src/subgraphs/registry/interfaces/checked-interfaces';
import { ComparingQueue } from '../../../src/subgraphs/registry/interfaces/comparing-queue';

const OLD = 'type Query { detect(image: String!): Int }';
const NEW = 'type Query { detect(image: String!): Int train: Int }';

describe('what is compared one after the other', () => {
  test('leaves room between two pieces for what else there is to do', async () => {
    const queue = new ComparingQueue();
    const seen: string[] = [];
    const pieces = ['first', 'second', 'third'].map((name) =>
      queue.run(() => {
        seen.push(name);
        setImmediate(() => seen.push(`after the ${name}`));
      }),
    );
    await Promise.all(pieces);
    expect(seen).toEqual(['first', 'after the first', 'second', 'after the second', 'third']);
  });

  test('goes on after a piece that failed, and gives its error to whoever asked for it', async () => {
    const queue = new ComparingQueue();
    const failing = queue.run(() => {
      throw new RangeError('too deep');
    });
    const next = queue.run(() => 'done');
    await expect(failing).rejects.toEqual(new RangeError('too deep'));
    expect(await next).toBe('done');
  });

  test('lets only so many wait', async () => {
    const queue = new ComparingQueue();
    const asked = await Promise.allSettled(Array.from({ length: 60 }, (_, at) => queue.run(() => at)));
    const refused = asked.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
    expect(await queue.run(() => 'again')).toBe('again');
  });
});

describe('a report', () => {
  const counted = () => {
    const asked = { reads: 0 };
    const read = () => {
      asked.reads += 1;
      return Promise.resolve(OLD);
    };
    return { asked, read };
  };

  test('is made once for one build, one text and what the major says', async () => {
    const checked = new CheckedInterfaces();
    const { asked, read } = counted();
    const at = (major: number, buildId = 1) => checked.report(NEW, { buildId, major, read });
    const reports = await Promise.all([at(1), at(1), at(2)]);
    expect(reports.map((report) => report?.requiredBump)).toEqual(['MINOR', 'MINOR', 'MINOR']);
    expect(asked.reads).toBe(1);
    expect(await at(0)).toMatchObject({ requiredBump: 'REVISION' });
    expect(await at(1, 2)).toMatchObject({ requiredBump: 'MINOR' });
    expect(asked.reads).toBe(3);
  });

  test('of what is no SDL is refused each time, with nothing to compare it with as well', async () => {
    const checked = new CheckedInterfaces();
    const { read } = counted();
    for (const opposite of [null, null, { buildId: 1, major: 1, read }]) {
      await expect(checked.report('type Query {', opposite)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    expect(await checked.report(NEW, null)).toBeNull();
  });

  test('that could not be made is made when it is asked for again', async () => {
    const checked = new CheckedInterfaces();
    const away = () => Promise.reject(new RangeError('away'));
    await expect(checked.report(NEW, { buildId: 1, major: 1, read: away })).rejects.toEqual(
      new RangeError('away'),
    );
    const { read } = counted();
    expect(await checked.report(NEW, { buildId: 1, major: 1, read })).toMatchObject({ severity: 'SAFE' });
  });
});
