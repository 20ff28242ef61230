/** Why an input is not what its interface says. Of the input it tells names alone, never a value. */
export interface InputFault {
  /** Where: `input.image.tiles[3].width`; `function` where that itself is at fault. */
  readonly path: string;
  /** What the interface has there: `Float!`. */
  readonly expected: string;
  /** Both, and what was found, as one sentence of a bounded length. */
  readonly message: string;
}

/** What was expected and what was found; the steps of its path are put on by those who led there, the last one first. */
export interface Mismatch {
  readonly expected: string;
  readonly found: string;
  readonly steps: (string | number)[];
}

const LONGEST_NAME = 64;
const LONGEST_PATH = 300;
const MOST_LISTED = 20;
const IDENTIFIER = /^[_A-Za-z][_0-9A-Za-z]*$/;

export function mismatch(expected: string, found: string): Mismatch {
  return { expected, found, steps: [] };
}

/** The same, one step further out. */
export function within(step: string | number, inner: Mismatch): Mismatch {
  inner.steps.push(step);
  return inner;
}

export function faultAt(root: string, { expected, found, steps }: Mismatch): InputFault {
  const path = shortened(root + steps.reverse().map(written).join(''));
  return { path, expected, message: `${path}: expected ${expected}, found ${found}` };
}

/** What kind of JSON a value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `a, b, c`; of many, the first ones and how many more there are. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  const first = all.slice(0, MOST_LISTED).map(cut);
  const more = all.length - first.length;
  return more === 0 ? first.join(', ') : `${first.join(', ')} and ${more} more`;
}

/** A text of the interface or the caller, bounded. */
export function cut(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…`.toWellFormed() : text;
}

function written(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return IDENTIFIER.test(step) ? `.${cut(step)}` : `[${JSON.stringify(cut(step))}]`;
}

/** Of a long path its two ends. */
function shortened(path: string): string {
  if (path.length <= LONGEST_PATH) return path;
  const half = LONGEST_PATH / 2;
  return `${path.slice(0, half)}…${path.slice(-half)}`.toWellFormed();
}
