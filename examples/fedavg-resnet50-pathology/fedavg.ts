import { z } from 'zod';

import { fromJson, inputError, type Versions } from '../algorithm';
import { validate } from '../validate';

const Round = z.strictObject({
  clients: z
    .array(
      z.strictObject({
        samples: z.int().positive(),
        weights: z.record(z.string(), z.array(z.number())),
      }),
    )
    .min(1)
    .max(1000),
});

type Client = z.infer<typeof Round>['clients'][number];
type Weights = Readonly<Record<string, readonly number[]>>;

export interface Average {
  readonly samples: number;
  readonly weights: Weights;
}

export interface AverageWithUpdates extends Average {
  /** For each client, in the order given: how far it is from the average, over all layers (L2). */
  readonly updates: readonly { readonly samples: number; readonly norm: number }[];
}

/**
 * Federated averaging: each weight is the mean of the clients' weights, by their numbers of samples.
 * Source: McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data" (2017),
 * algorithm 1, the server's step.
 */
export function federatedAverage(value: unknown): Average {
  return average(readClients(value));
}

/** The same, and how far each client's weights are from the average: what a robust aggregator looks at first. */
export function federatedAverageWithUpdates(value: unknown): AverageWithUpdates {
  const clients = readClients(value);
  const averaged = average(clients);
  const updates = clients.map(({ samples, weights }) => ({
    samples,
    norm: distance(weights, averaged.weights),
  }));
  return { ...averaged, updates };
}

export const VERSIONS: Versions = {
  '1.0.0': fromJson(federatedAverage),
  '1.1.0': fromJson(federatedAverageWithUpdates),
};

/** All clients have the same layers, and each layer the same length. */
function readClients(value: unknown): readonly Client[] {
  const { clients } = validate(Round, value);
  const expected = shapeOf(clients[0]?.weights ?? {});
  clients.forEach(({ weights }, index) => {
    const shape = shapeOf(weights);
    if (shape !== expected) {
      throw inputError(
        `clients[${index}].weights: expected the layers of the first client, ${expected}, got ${shape}`,
      );
    }
  });
  return clients;
}

function shapeOf(weights: Weights): string {
  return Object.entries(weights)
    .map(([layer, values]) => `${layer}(${values.length})`)
    .sort()
    .join(' ');
}

function average(clients: readonly Client[]): Average {
  const samples = clients.reduce((sum, client) => sum + client.samples, 0);
  const layers = Object.entries(clients[0]?.weights ?? {});
  const weights = Object.fromEntries(
    layers.map(([layer, { length }]) => {
      const sums = new Array<number>(length).fill(0);
      for (const client of clients) {
        const share = client.samples / samples;
        client.weights[layer]?.forEach((weight, index) => {
          sums[index] = (sums[index] ?? 0) + share * weight;
        });
      }
      return [layer, sums];
    }),
  );
  return { samples, weights };
}

function distance(a: Weights, b: Weights): number {
  const differences = Object.entries(a).flatMap(([layer, values]) =>
    values.map((value, index) => value - (b[layer]?.[index] ?? 0)),
  );
  return Math.hypot(...chunkedNorms(differences));
}

/** Norms of pieces: `Math.hypot` takes its numbers as arguments, and there is a bound to those. */
function chunkedNorms(values: readonly number[]): number[] {
  const norms: number[] = [];
  for (let start = 0; start < values.length; start += 1024) {
    norms.push(Math.hypot(...values.slice(start, start + 1024)));
  }
  return norms;
}
