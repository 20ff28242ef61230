import { Backlog } from '../../src/limits/backlog';

describe('how long a journal needs until it is drained', () => {
  let journal = { bytes: 0, drained: 0 };
  let backlog: Backlog;
  beforeEach(() => {
    jest.useFakeTimers();
    journal = { bytes: 0, drained: 0 };
    backlog = new Backlog(() => journal);
  });
  afterEach(() => {
    backlog.stop();
    jest.useRealTimers();
  });

  test('is guessed with care where nothing was seen yet', () => {
    expect(backlog.ms).toBe(0);
    journal = { bytes: 16_000_000, drained: 0 };
    expect(backlog.ms).toBe(40_000);
  });

  test('goes by the best second of the last ten', () => {
    const records = [0, 500, 8_500, 9_000, 9_000];
    for (const drained of records) {
      journal = { bytes: 16_000_000, drained };
      jest.advanceTimersByTime(1_000);
    }
    expect(backlog.ms).toBe(5_000);
    jest.advanceTimersByTime(8_000);
    expect(backlog.ms).toBe(40_000);
  });
});
