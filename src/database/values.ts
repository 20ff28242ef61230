/** The question marks that stand for values in a statement. */
export function placesFor(values: readonly unknown[]): string {
  return values.map(() => '?').join();
}

/** A driver gives a 64-bit integer as a number or as its digits. */
export function numberOrNull(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}
