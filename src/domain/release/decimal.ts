/**
 * `a - b` as decimals: the number nearest to the difference of what the two say when they are written out. In binary
 * 0.91 - 0.92 is below -0.01, and a gate that lets one hundredth go would shut at just that.
 * @param a finite, as `b`; the difference may still be too great for a number, and is an infinity then
 */
export function difference(a: number, b: number): number {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  const exponent = Math.min(left.exponent, right.exponent);
  return Number(`${scaled(left, exponent) - scaled(right, exponent)}e${exponent}`);
}

/** `digits` times ten to the `exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function decimalOf(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [integer = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(integer + fraction), exponent: Number(exponent) - fraction.length };
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to);
}
