const MORE = 0x80;
const LOW_BITS = 0x7f;

/** Builds the bytes that sketches are kept as. */
export class ByteWriter {
  private readonly bytes: number[] = [];

  /** @param value 0 to 255 */
  byte(value: number): this {
    this.bytes.push(value);
    return this;
  }

  /**
   * Seven bits a byte, the lowest first (LEB128).
   * @param value a safe integer, not negative: bit operators would cut it at 32 bits
   */
  varint(value: number): this {
    let rest = value;
    while (rest >= MORE) {
      this.bytes.push(MORE | (rest % MORE));
      rest = Math.floor(rest / MORE);
    }
    this.bytes.push(rest);
    return this;
  }

  /** Bytes with their number before them. */
  block(bytes: Uint8Array): this {
    this.varint(bytes.length);
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  /** @param text of ASCII characters, with their number before them */
  text(text: string): this {
    this.varint(text.length);
    for (let at = 0; at < text.length; at += 1) this.bytes.push(text.charCodeAt(at));
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** Reads what a ByteWriter wrote; whatever it could not have written is an Error. */
export class ByteReader {
  private at = 0;

  /** @param what the bytes are, for errors */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly what: string,
  ) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw this.garbage('it ends too early');
    this.at++;
    return value;
  }

  varint(): number {
    const first = this.byte();
    return first < MORE ? first : this.longVarint(first); // nearly all are short, and there are very many
  }

  private longVarint(first: number): number {
    let value = first & LOW_BITS;
    for (let scale = MORE; ; scale *= MORE) {
      const byte = this.byte();
      value += (byte & LOW_BITS) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw this.garbage('a number is too great');
      if (byte >= MORE) continue;
      if (byte === 0) throw this.garbage('a number is longer than it needs');
      return value;
    }
  }

  block(): Uint8Array {
    const length = this.varint();
    if (length > this.bytes.length - this.at) throw this.garbage('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return String.fromCharCode(...this.block());
  }

  /** All that is left. */
  rest(): Uint8Array {
    const rest = this.bytes.subarray(this.at);
    this.at = this.bytes.length;
    return rest;
  }

  garbage(why: string): Error {
    return new Error(`not the bytes of ${this.what}: ${why}`);
  }
}
