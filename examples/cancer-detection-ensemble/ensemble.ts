import { z } from 'zod';

import { fromJson, inputError, type Versions } from '../algorithm';
import { validate } from '../validate';

const Votes = z.strictObject({
  models: z
    .array(
      z.strictObject({
        name: z.string(),
        probability: z.number().min(0).max(1),
        weight: z.number().min(0).max(1e6).default(1),
      }),
    )
    .min(1)
    .max(1000),
  threshold: z.number().min(0).max(1).default(0.5),
});

type Vote = z.infer<typeof Votes>['models'][number];

export interface Verdict {
  /** Which version answered. */
  readonly version: string;
  readonly probability: number;
  /** Whether the probability reaches the threshold. */
  readonly positive: boolean;
  readonly models: number;
}

/** No model is so sure that its logit alone decides. */
const CERTAINTY = 1e-6;

/** 1.0.1, soft voting: the weighted mean of the probabilities. */
export function meanProbability(votes: readonly Vote[]): number {
  return weightedMean(votes, ({ probability }) => probability);
}

/** 1.0.2, calibrated voting: the weighted mean of the log odds (a logarithmic opinion pool), as a probability. */
export function meanLogit(votes: readonly Vote[]): number {
  const logit = weightedMean(votes, ({ probability }) => {
    const p = Math.min(Math.max(probability, CERTAINTY), 1 - CERTAINTY);
    return Math.log(p / (1 - p));
  });
  return 1 / (1 + Math.exp(-logit));
}

/** An ensemble that says which version it is, and pools the models' probabilities by `pool`. */
export function ensemble(
  version: string,
  pool: (votes: readonly Vote[]) => number,
): (value: unknown) => Verdict {
  return (value) => {
    const { models, threshold } = validate(Votes, value);
    if (models.every(({ weight }) => weight === 0)) throw inputError('models: expected a weight above 0');
    const probability = pool(models);
    return { version, probability, positive: probability >= threshold, models: models.length };
  };
}

export const VERSIONS: Versions = {
  '1.0.1': fromJson(ensemble('1.0.1', meanProbability)),
  '1.0.2': fromJson(ensemble('1.0.2', meanLogit)),
};

function weightedMean(votes: readonly Vote[], valueOf: (vote: Vote) => number): number {
  const total = votes.reduce((sum, { weight }) => sum + weight, 0);
  return votes.reduce((sum, vote) => sum + (vote.weight / total) * valueOf(vote), 0);
}
