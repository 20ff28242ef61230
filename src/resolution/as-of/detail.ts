/** The change of a ledger entry, or an object in it, read with a check of everything that is taken from it. */
export class Detail {
  private readonly fields: Readonly<Record<string, unknown>>;

  /** @param what what it is, for the error of one that is broken */
  constructor(
    value: unknown,
    private readonly what: string,
  ) {
    if (!isRecord(value)) throw this.broken('object');
    this.fields = value;
  }

  text(name: string): string {
    const value = this.fields[name];
    if (typeof value !== 'string') throw this.broken(name);
    return value;
  }

  /** Null where it is null, or not said. */
  textOrNull(name: string): string | null {
    return this.fields[name] == null ? null : this.text(name);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const text = this.text(name);
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw this.broken(name);
    return value;
  }

  /** False where it is not said. */
  is(name: string): boolean {
    return this.fields[name] === true;
  }

  /** Null where there is no list. */
  textsOrNull(name: string): readonly string[] | null {
    const value = this.fields[name];
    if (value === undefined) return null;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw this.broken(name);
    return value;
  }

  /** None where there is no list. */
  details(name: string): readonly Detail[] {
    const value = this.fields[name] ?? [];
    if (!Array.isArray(value)) throw this.broken(name);
    return value.map((item) => new Detail(item, `${this.what}.${name}`));
  }

  /** What is in it by name, itself an object of texts and nulls; nothing where it is not said. */
  textsByName(name: string): readonly (readonly [name: string, text: string | null])[] {
    const value = this.fields[name];
    if (value == null) return [];
    const inner = new Detail(value, `${this.what}.${name}`);
    return Object.keys(inner.fields).map((key) => [key, inner.textOrNull(key)]);
  }

  private broken(part: string): Error {
    return new Error(`${this.what} in the ledger is broken: ${part}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
