const TIME =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Epoch milliseconds of an RFC 3339 time; what is finer than a millisecond is dropped. Null for what is none, and for
 * a day that its month does not have.
 */
export function timeOf(text: string): number | null {
  const [, date, clock, fraction = '', offset = ''] = TIME.exec(text) ?? [];
  const midnight = Date.parse(`${date ?? ''}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().slice(0, 10) === date;
  if (!isDay) return null;
  return Date.parse(`${date}T${clock ?? ''}.${fraction.slice(0, 3).padEnd(3, '0')}${offset.toUpperCase()}`);
}
