import { setTimeout as pause } from 'node:timers/promises';

import { LoopDelays } from '../../../src/http/metrics/event-loop';

const BLOCKED_MS = 100;

test('a delay is told to all who ask, until a whole window is over', async () => {
  const delays = new LoopDelays();
  const longest = () => delays.samples().find(({ labels }) => labels?.['quantile'] === '1')!.value;
  // it goes by a timer of Node's, which tells nothing before it has run once
  for (let tries = 0; tries < 50 && longest() < BLOCKED_MS / 2 / 1000; tries += 1) {
    await pause(20);
    for (const end = performance.now() + BLOCKED_MS; performance.now() < end;);
    await pause(20);
  }
  const seen = longest();
  expect(seen).toBeGreaterThan(BLOCKED_MS / 2 / 1000);
  expect(longest()).toBe(seen);
  delays.turn();
  expect(longest()).toBeGreaterThan(BLOCKED_MS / 2 / 1000);
  delays.turn();
  expect(delays.samples()).toEqual(
    ['0.5', '0.99', '1'].map((quantile) => ({ labels: { quantile }, value: 0 })),
  );
});
