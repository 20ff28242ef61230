/** What of a backend's headers has a meaning here; null for what it did not send. */
export interface ReplyHead {
  readonly contentType: string | null;
  /** In bytes. */
  readonly contentLength: number | null;
  readonly contentEncoding: string | null;
  /** Captured standard output, as `X-Algogate-Stdout` has it. */
  readonly stdout: string | null;
  /** A header that says one thing about the answer came twice. */
  readonly ambiguous: boolean;
}

export const NO_HEAD: ReplyHead = {
  contentType: null,
  contentLength: null,
  contentEncoding: null,
  stdout: null,
  ambiguous: false,
};

/** The headers that are looked at, by the length of their names: most headers are passed over by that alone. */
const LENGTHS: ReadonlySet<number> = new Set(
  ['content-type', 'content-length', 'content-encoding', 'x-algogate-stdout'].map((name) => name.length),
);

/**
 * Reads the few headers that matter out of all that a backend sent: the rest is never decoded.
 * @param raw names and values in turn, as they came
 */
export function readHead(raw: readonly Buffer[]): ReplyHead {
  const head: { -readonly [Name in keyof ReplyHead]: ReplyHead[Name] } = { ...NO_HEAD };
  let captured = 0;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at];
    const value = raw[at + 1];
    if (name === undefined || value === undefined || !LENGTHS.has(name.length)) continue;
    switch (name.toString('latin1').toLowerCase()) {
      case 'content-type':
        head.ambiguous ||= head.contentType !== null;
        head.contentType = value.toString('latin1');
        break;
      case 'content-length':
        head.ambiguous ||= head.contentLength !== null;
        head.contentLength = Number(value.toString('latin1'));
        break;
      case 'content-encoding':
        head.ambiguous ||= head.contentEncoding !== null;
        head.contentEncoding = value.toString('latin1');
        break;
      case 'x-algogate-stdout':
        captured += 1;
        head.stdout = captured === 1 ? value.toString('latin1') : null; // said twice, it says nothing
        break;
    }
  }
  return head;
}
