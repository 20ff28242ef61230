import { ByteReader, ByteWriter } from './bytes';
import { estimateOf, MAX_RANK, raise, raiseAll, REGISTERS } from './registers';

/** The standard error of an estimate above EXACT_UP_TO, relative (chapter 6 wants it stated): about 2.3 %. */
export const DISTINCT_ERROR = 1.04 / Math.sqrt(REGISTERS);

/** So many are counted exactly. */
export const EXACT_UP_TO = 256;

const FORMAT = 1;
const LIST = 0;
const DENSE = 1;

/**
 * How many callers there were: their ids up to EXACT_UP_TO of them, and a HyperLogLog from there on. Whatever was
 * merged in whatever order, what is left is that of the union. Source: chapter 6, "What can be asked".
 */
export class Distinct {
  private ids = new Set<number>();
  /** Null as long as `ids` has them all. */
  private registers: Uint8Array | null = null;
  /**
   * Whether nobody else has the same registers. What is only read and merged shares them: for thousands of rows, two
   * kilobytes each, copies would cost more than all else.
   */
  private owns = false;

  /**
   * @param id an integer of 32 bits without sign
   * @throws Error for anything else
   */
  add(id: number): void {
    if (id >>> 0 !== id) throw new Error(`${id} is not the id of a caller`);
    if (this.registers !== null) raise(this.densify(), id);
    else if (this.ids.add(id).size > EXACT_UP_TO) this.densify();
  }

  merge(other: Distinct): void {
    if (other.registers !== null && this.isEmpty()) {
      other.owns = false;
      this.registers = other.registers;
    } else if (other.registers !== null) raiseAll(this.densify(), other.registers);
    else for (const id of other.ids) this.add(id);
  }

  /** How many: exactly up to EXACT_UP_TO, above with a standard error of DISTINCT_ERROR. */
  estimate(): number {
    if (this.registers === null) return this.ids.size;
    return Math.max(EXACT_UP_TO + 1, Math.round(estimateOf(this.registers)));
  }

  /** A version and a form, then the distances of the ids as varints, or the registers. */
  encode(): Uint8Array {
    const writer = new ByteWriter().byte(FORMAT);
    if (this.registers === null) this.writeIds(writer.byte(LIST));
    else this.registers.forEach((rank) => writer.byte(rank), writer.byte(DENSE));
    return writer.finish();
  }

  /** @param bytes not changed afterwards @throws Error for bytes that `encode` did not give */
  static decode(bytes: Uint8Array): Distinct {
    const reader = new ByteReader(bytes, 'distinct callers');
    if (reader.byte() !== FORMAT) throw reader.garbage('its version is unknown');
    const form = reader.byte();
    const distinct = new Distinct();
    if (form === LIST) distinct.readIds(reader);
    else if (form === DENSE) distinct.readRegisters(reader);
    else throw reader.garbage('its form is unknown');
    return distinct;
  }

  private isEmpty(): boolean {
    return this.registers === null && this.ids.size === 0;
  }

  /** Registers that may be changed. */
  private densify(): Uint8Array {
    if (this.registers !== null && this.owns) return this.registers;
    const registers = this.registers?.slice() ?? new Uint8Array(REGISTERS);
    for (const id of this.ids) raise(registers, id);
    this.ids.clear();
    this.owns = true;
    return (this.registers = registers);
  }

  private writeIds(writer: ByteWriter): void {
    let before = -1;
    for (const id of [...this.ids].sort((a, b) => a - b)) {
      writer.varint(id - before);
      before = id;
    }
  }

  private readIds(reader: ByteReader): void {
    for (let id = -1; !reader.done;) {
      const distance = reader.varint();
      id += distance;
      if (distance === 0 || id >>> 0 !== id) throw reader.garbage('an id is out of order');
      if (this.ids.add(id).size > EXACT_UP_TO) throw reader.garbage('there are too many ids');
    }
  }

  private readRegisters(reader: ByteReader): void {
    const registers = reader.rest();
    if (registers.length < REGISTERS) throw reader.garbage('it ends too early');
    if (registers.length > REGISTERS) throw reader.garbage('there are too many registers');
    for (let index = 0; index < REGISTERS; index++) {
      if ((registers[index] ?? 0) > MAX_RANK) throw reader.garbage('a register is too great');
    }
    this.registers = registers;
  }
}
