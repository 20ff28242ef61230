import { randomFrom, shuffled } from './random';

type Neighbours = readonly (readonly number[])[];

/**
 * Moran's I with weight 1 between neighbours and 0 otherwise: near +1 where like cells lie together, near −1 where
 * unlike ones do, and −1/(n − 1) on average where the places are random. Null where it is not defined: when no
 * cell has a neighbour, or all values are the same.
 * Source: P. A. P. Moran, "Notes on continuous stochastic phenomena", Biometrika 37 (1950).
 */
export function moransI(values: readonly number[], neighbours: Neighbours): number | null {
  const pairs = neighbours.reduce((sum, near) => sum + near.length, 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviations = values.map((value) => value - mean);
  const spread = deviations.reduce((sum, deviation) => sum + deviation * deviation, 0);
  if (pairs === 0 || values.every((value) => value === values[0])) return null;
  return (values.length / pairs) * (crossProducts(deviations, neighbours) / spread);
}

/**
 * How likely a random placement of the same values has a Moran's I at least as high: (1 + hits) / (1 + n) of `n`
 * shuffles, so never 0. The same seed gives the same answer.
 *
 * @param each called before each shuffle, so that the caller can stop
 */
export function permutationPValue(
  values: readonly number[],
  neighbours: Neighbours,
  options: { readonly permutations: number; readonly seed: number; readonly each: () => void },
): number | null {
  const observed = moransI(values, neighbours);
  if (observed === null) return null;
  const random = randomFrom(options.seed);
  let hits = 0;
  for (let round = 0; round < options.permutations; round++) {
    options.each();
    const permuted = moransI(shuffled(values, random), neighbours);
    // The sums are the same in another order: what differs in the last bits only is equal.
    if (permuted !== null && permuted >= observed - 1e-12) hits++;
  }
  return (1 + hits) / (1 + options.permutations);
}

function crossProducts(deviations: readonly number[], neighbours: Neighbours): number {
  let sum = 0;
  neighbours.forEach((near, index) => {
    const own = deviations[index] ?? 0;
    for (const other of near) sum += own * (deviations[other] ?? 0);
  });
  return sum;
}
