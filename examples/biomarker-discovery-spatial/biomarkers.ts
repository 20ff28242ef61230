import { z } from 'zod';

import { fromJson, inputError, type Progress, type Versions } from '../algorithm';
import { validate } from '../validate';
import { moransI, permutationPValue } from './morans-i';
import { neighboursWithin } from './neighbours';

const MAX_CELLS = 20_000;
/** Cells that all lie within the radius of one another would make a list of pairs that fills the memory. */
const MAX_PAIRS = 2_000_000;

const coordinate = z.number().min(-1e9).max(1e9);

const Tissue = z.strictObject({
  cells: z
    .array(z.strictObject({ x: coordinate, y: coordinate, markers: z.record(z.string(), z.number()) }))
    .min(2)
    .max(MAX_CELLS),
  /** In the unit of the coordinates. */
  radius: z.number().positive().min(1e-3),
});

const TissueWithPermutations = Tissue.extend({
  permutations: z.int().min(1).max(9999).default(199),
  seed: z.int().min(0).max(0xffff_ffff).default(1),
});

type Cells = z.infer<typeof Tissue>['cells'];

export interface MarkerPattern {
  /** Null where it is not defined: no cell has a neighbour, or all have the same value. */
  readonly moransI: number | null;
  /** What it would be on average if the cells' places were random. */
  readonly expected: number;
}

export interface SpatialPatterns<Pattern extends MarkerPattern> {
  readonly cells: number;
  /** Pairs of cells that are neighbours, each counted once. */
  readonly pairs: number;
  readonly markers: Readonly<Record<string, Pattern>>;
}

/** Moran's I of each marker: which of them gather in places. */
export function spatialPatterns(value: unknown): SpatialPatterns<MarkerPattern> {
  const { cells, radius } = validate(Tissue, value);
  return patternsOf(cells, radius, (pattern) => pattern);
}

/** The same, with the p-value of each against random placement. */
export function spatialPatternsWithPValues(
  value: unknown,
  progress: Progress,
): SpatialPatterns<MarkerPattern & { readonly pValue: number | null }> {
  const { cells, radius, permutations, seed } = validate(TissueWithPermutations, value);
  const options = { permutations, seed, each: () => progress.checkDeadline() };
  return patternsOf(cells, radius, (pattern, values, neighbours) => ({
    ...pattern,
    pValue: permutationPValue(values, neighbours, options),
  }));
}

export const VERSIONS: Versions = {
  '2.0.0': fromJson(spatialPatterns),
  '3.0.0-beta.1': fromJson(spatialPatternsWithPValues),
};

function patternsOf<Pattern extends MarkerPattern>(
  cells: Cells,
  radius: number,
  complete: (
    pattern: MarkerPattern,
    values: readonly number[],
    neighbours: readonly (readonly number[])[],
  ) => Pattern,
): SpatialPatterns<Pattern> {
  const names = markerNames(cells);
  const neighbours = neighboursWithin(cells, radius, 2 * MAX_PAIRS);
  if (neighbours === null) throw inputError(`radius: expected one that makes at most ${MAX_PAIRS} pairs`);
  const directed = neighbours.reduce((sum, near) => sum + near.length, 0);
  const expected = -1 / (cells.length - 1);
  const markers = names.map((name) => {
    const values = cells.map((cell) => cell.markers[name] ?? 0);
    return [name, complete({ moransI: moransI(values, neighbours), expected }, values, neighbours)] as const;
  });
  return { cells: cells.length, pairs: directed / 2, markers: Object.fromEntries(markers) };
}

/** Every cell was measured for the same markers. */
function markerNames(cells: Cells): string[] {
  const namesOf = (cell: Cells[number] | undefined) => Object.keys(cell?.markers ?? {}).sort();
  const expected = namesOf(cells[0]);
  cells.forEach((cell, index) => {
    if (namesOf(cell).join('\n') !== expected.join('\n')) {
      throw inputError(
        `cells[${index}].markers: expected the markers of the first cell, ${expected.join(', ')}`,
      );
    }
  });
  return expected;
}
