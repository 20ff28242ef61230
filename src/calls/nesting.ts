/** Below this, JSON of any shape is parsed in a few milliseconds: it is not looked at before. */
const LOOKED_AT_FROM_BYTES = 64 * 1024;
/** RFC 8259, 9: "an implementation may set limits on the maximum depth of nesting". */
export const MAX_NESTING = 1_000;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY] = [0x5b, 0x5d];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];

/**
 * Whether long JSON is nested deeper than `MAX_NESTING`. It is told before the text is parsed: ten megabytes of brackets
 * would hold up the process for seconds. What is no JSON may be told either way.
 */
export function isNestedTooDeep(json: Buffer): boolean {
  if (json.length < LOOKED_AT_FROM_BYTES) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfString(json, at + 1);
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_NESTING) return true;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth -= 1;
    }
  }
  return false;
}

/** @param from after its first quote */
function endOfString(json: Buffer, from: number): number {
  for (let at = from; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return json.length;
}
