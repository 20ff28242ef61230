import { SELECTOR_KINDS, type SelectorKind } from '../terms';
import { ByteReader, ByteWriter } from './bytes';
import { isError, type Outcome, OUTCOMES } from './call';
import { Distinct } from './distinct';
import { Latencies } from './latencies';
import { Tally } from './tally';

/** What calls that are counted in one row differ in, beside who made them. */
export interface PartKey {
  readonly selector: SelectorKind;
  readonly outcome: Outcome;
}

interface Part extends PartKey {
  readonly counts: Tally;
}

type PartName = `${SelectorKind} ${Outcome}`;

const FORMAT = 1;

const KEYS = new Map(
  SELECTOR_KINDS.flatMap((selector) =>
    OUTCOMES.map((outcome): [string, PartKey] => [nameOf({ selector, outcome }), { selector, outcome }]),
  ),
);

/**
 * The calls of one row, told apart by selector and outcome. Most answers want them together, and a call touches one
 * part alone: so they are one value beside the sums of the row, and a part that nobody looks at stays encoded.
 */
export class Parts {
  private readonly parts = new Map<PartName, Tally | Uint8Array>();

  /** The counts of a part, to be added to. */
  at(key: PartKey): Tally {
    const name = nameOf(key);
    const there = this.parts.get(name);
    if (there instanceof Tally) return there;
    const tally = there === undefined ? new Tally() : decodeTally(there, key.outcome);
    this.parts.set(name, tally);
    return tally;
  }

  merge(other: Parts): void {
    for (const { counts, ...key } of other.all()) this.at(key).merge(counts);
  }

  /** Every part that has calls, in the order of their names. */
  all(): Part[] {
    return this.names().map((name) => {
      const key = keyOf(name);
      return { ...key, counts: this.at(key) };
    });
  }

  /** All of them together. */
  total(): Tally {
    const total = new Tally();
    for (const { counts } of this.all()) total.merge(counts);
    return total;
  }

  /** A version, then for each part its name and its counts, each with its length before it. */
  encode(): Uint8Array {
    const writer = new ByteWriter().byte(FORMAT);
    for (const name of this.names()) {
      const part = this.parts.get(name);
      writer.text(name).block(part instanceof Tally ? encodeTally(part) : (part ?? new Uint8Array()));
    }
    return writer.finish();
  }

  /** @throws Error for bytes that `encode` did not give; what is within a part is looked at when that is */
  static decode(bytes: Uint8Array): Parts {
    const reader = new ByteReader(bytes, 'parts of a row');
    if (reader.byte() !== FORMAT) throw reader.garbage('its version is unknown');
    const parts = new Parts();
    for (let before = ''; !reader.done;) {
      const name = reader.text();
      if (!KEYS.has(name)) throw reader.garbage('a part is unknown');
      if (name <= before) throw reader.garbage('a part is out of order');
      parts.parts.set(name as PartName, reader.block());
      before = name;
    }
    return parts;
  }

  private names(): PartName[] {
    return [...this.parts.keys()].sort();
  }
}

function nameOf({ selector, outcome }: PartKey): PartName {
  return `${selector} ${outcome}`;
}

function keyOf(name: PartName): PartKey {
  const key = KEYS.get(name);
  if (key === undefined) throw new Error(`${name} is no part`);
  return key;
}

/** Who called stands last, and is left out where it is not counted. */
function encodeTally({ calls, bytesIn, bytesOut, latencies, callers }: Tally): Uint8Array {
  const writer = new ByteWriter().varint(calls).varint(bytesIn).varint(bytesOut).block(latencies.encode());
  if (callers.estimate() > 0) writer.block(callers.encode());
  return writer.finish();
}

function decodeTally(bytes: Uint8Array, outcome: Outcome): Tally {
  const reader = new ByteReader(bytes, 'a part of a row');
  const calls = reader.varint();
  const tally = new Tally();
  tally.merge({
    calls,
    errors: isError(outcome) ? calls : 0,
    bytesIn: reader.varint(),
    bytesOut: reader.varint(),
    latencies: Latencies.decode(reader.block()),
    callers: reader.done ? null : Distinct.decode(reader.block()),
  });
  if (!reader.done) throw reader.garbage('it goes on after its end');
  return tally;
}
