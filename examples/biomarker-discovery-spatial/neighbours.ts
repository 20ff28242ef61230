export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * For each point, the indices of the others that are at most `radius` away. Costs what the result is long; null
 * when it would be longer than `limit` indices in all.
 */
export function neighboursWithin(
  points: readonly Point[],
  radius: number,
  limit: number,
): readonly (readonly number[])[] | null {
  const squares = groupBySquare(points, radius);
  const result: (readonly number[])[] = [];
  let total = 0;
  for (const [index, point] of points.entries()) {
    const near = candidatesFor(point, squares, radius).filter(
      (other) => other !== index && distance(point, points[other] ?? point) <= radius,
    );
    total += near.length;
    if (total > limit) return null;
    result.push(near);
  }
  return result;
}

function candidatesFor(point: Point, squares: ReadonlyMap<string, number[]>, radius: number): number[] {
  return squaresAround(point, radius).flatMap((square) => squares.get(square) ?? []);
}

/** The plane cut into squares with sides of `radius`: what is near lies in the same square, or in one beside it. */
function groupBySquare(points: readonly Point[], radius: number): Map<string, number[]> {
  const squares = new Map<string, number[]>();
  points.forEach(({ x, y }, index) => {
    const key = squareKey(Math.floor(x / radius), Math.floor(y / radius));
    const members = squares.get(key);
    if (members === undefined) squares.set(key, [index]);
    else members.push(index);
  });
  return squares;
}

function squaresAround({ x, y }: Point, radius: number): string[] {
  const column = Math.floor(x / radius);
  const row = Math.floor(y / radius);
  return [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => squareKey(column + dx, row + dy)));
}

const squareKey = (column: number, row: number) => `${column}:${row}`;

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
