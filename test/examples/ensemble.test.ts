import fc from 'fast-check';

import { VERSIONS } from '../../examples/cancer-detection-ensemble/ensemble';
import { json, run } from './run';

const model = (probability: number, weight?: number) => ({
  name: 'm',
  probability,
  ...(weight === undefined ? {} : { weight }),
});

test.each([
  ['1.0.1', { models: [model(0.9), model(0.3)] }, 0.6, true],
  ['1.0.2', { models: [model(0.9), model(0.3)] }, 0.662614, true],
  ['1.0.1', { models: [model(0.9, 1), model(0.3, 3)] }, 0.45, false],
  ['1.0.2', { models: [model(0.9, 1), model(0.3, 3)] }, 0.478472, false],
  ['1.0.1', { models: [model(0.9), model(0.3)], threshold: 0.65 }, 0.6, false],
  ['1.0.2', { models: [model(0.9), model(0.3)], threshold: 0.65 }, 0.662614, true],
  ['1.0.1', { models: [model(0.5)] }, 0.5, true],
  ['1.0.2', { models: [model(1)] }, 0.999999, true],
  ['1.0.2', { models: [model(0)] }, 0.000001, false],
])('%s of %j is %f', (version, input, probability, positive) => {
  expect(run(VERSIONS, version, json(input))).toEqual({
    version,
    probability: expect.closeTo(probability, 6),
    positive,
    models: input.models.length,
  });
});

test.each([
  [{ models: [] }, /^models: /],
  [{ models: [model(1.1)] }, /^models\[0\]\.probability: /],
  [{ models: [model(0.5, -1)] }, /^models\[0\]\.weight: /],
  [{ models: [model(0.5, 0)] }, /^models: expected a weight above 0$/],
  [{ models: [model(0.5)], threshold: 2 }, /^threshold: /],
  ['no', /^input: /],
])('%j is refused', (input, message) => {
  expect(run(VERSIONS, '1.0.1', json(input))).toEqual(['InputError', expect.stringMatching(message)]);
});

test('models that agree are believed, by either version', () => {
  const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom('1.0.1', '1.0.2'), probability, weights, (version, p, given) => {
      const input = { models: given.map((weight) => model(p, weight)) };
      expect(run(VERSIONS, version, json(input))).toMatchObject({
        version,
        probability: expect.closeTo(p, 9),
      });
    }),
  );
});
