import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** Replicas follow within a second: twice that, for a machine that is busy. */
const AT_MOST_MS = 2000;
const BETWEEN_MS = 25;

/** Asks until the answer is the one expected, and asserts that it is when two seconds are over, or `atMostMs`. */
export async function expectSoon<T>(
  ask: () => Promise<T>,
  expected: T,
  atMostMs: number = AT_MOST_MS,
): Promise<void> {
  const end = Date.now() + atMostMs;
  let answer = await ask();
  while (!isDeepStrictEqual(answer, expected) && Date.now() < end) {
    await pause(BETWEEN_MS);
    answer = await ask();
  }
  expect(answer).toEqual(expected);
}
