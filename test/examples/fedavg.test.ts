import fc from 'fast-check';

import { federatedAverage, VERSIONS } from '../../examples/fedavg-resnet50-pathology/fedavg';
import { json, run } from './run';

const ROUND = {
  clients: [
    { samples: 100, weights: { 'conv1.weight': [1, 2], 'fc.bias': [0] } },
    { samples: 300, weights: { 'fc.bias': [4], 'conv1.weight': [5, 6] } },
  ],
};
const AVERAGE = { samples: 400, weights: { 'conv1.weight': [4, 5], 'fc.bias': [3] } };

test('1.0.0 weighs each client by its samples', () => {
  expect(run(VERSIONS, '1.0.0', json(ROUND))).toEqual(AVERAGE);
});

test('1.1.0 also says how far each client is from the average', () => {
  expect(run(VERSIONS, '1.1.0', json(ROUND))).toEqual({
    ...AVERAGE,
    updates: [
      { samples: 100, norm: expect.closeTo(Math.sqrt(27), 12) },
      { samples: 300, norm: expect.closeTo(Math.sqrt(3), 12) },
    ],
  });
});

test('layers longer than the arguments of a function can be are averaged', () => {
  const weights = { fc: new Array<number>(300_000).fill(1) };
  const zero = { fc: new Array<number>(300_000).fill(0) };
  const answer = run(
    VERSIONS,
    '1.1.0',
    json({
      clients: [
        { samples: 1, weights },
        { samples: 1, weights: zero },
      ],
    }),
  );
  const norm = expect.closeTo(0.5 * Math.sqrt(300_000), 6);
  expect(answer).toMatchObject({
    samples: 2,
    updates: [
      { samples: 1, norm },
      { samples: 1, norm },
    ],
  });
});

test.each([
  [{}, /^clients: /],
  [{ clients: [] }, /^clients: /],
  [{ clients: [{ samples: 0, weights: {} }] }, /^clients\[0\]\.samples: /],
  [{ clients: [{ samples: 1.5, weights: {} }] }, /^clients\[0\]\.samples: /],
  [{ clients: [{ samples: 1, weights: { fc: ['1'] } }] }, /^clients\[0\]\.weights\.fc\[0\]: /],
  [{ clients: [{ samples: 1, weights: {}, extra: 1 }] }, /^clients\[0\]: /],
  [
    {
      clients: [
        { samples: 1, weights: { fc: [1] } },
        { samples: 1, weights: { fc: [1, 2] } },
      ],
    },
    /^clients\[1\]\.weights: expected the layers of the first client, fc\(1\), got fc\(2\)$/,
  ],
  [
    {
      clients: [
        { samples: 1, weights: { fc: [1] } },
        { samples: 1, weights: { conv: [1] } },
      ],
    },
    /^clients\[1\]\.weights: expected the layers of the first client, fc\(1\), got conv\(1\)$/,
  ],
])('%j is refused', (input, message) => {
  expect(run(VERSIONS, '1.1.0', json(input))).toEqual(['InputError', expect.stringMatching(message)]);
});

test('the average lies between the clients, and the order of clients does not matter', () => {
  const clients = fc.array(
    fc.record({
      samples: fc.integer({ min: 1, max: 1000 }),
      weights: fc.record({
        fc: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 2 }),
      }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(clients, (given) => {
      const averaged = federatedAverage({ clients: given }).weights['fc'] ?? [];
      const reversed = federatedAverage({ clients: [...given].reverse() }).weights['fc'] ?? [];
      averaged.forEach((value, index) => {
        const values = given.map(({ weights }) => weights.fc[index]!);
        expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        expect(reversed[index]).toBeCloseTo(value, 9);
      });
    }),
  );
});
