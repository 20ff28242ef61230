import type { Handler, Input, Versions } from '../algorithm';

/** 0.1.0: the input, as it came. */
export const echoBack: Handler = (input) => input;

/** 0.2.0 and 0.2.1: the input and its length, in the units that `count` counts. Bytes are shown as base64. */
export function echoWithLength(count: (text: string) => number): Handler {
  return (input) => ({ kind: 'json', value: { echo: shown(input), length: lengthOf(input, count) } });
}

/** 0.2.0 counted UTF-16 code units: an emoji was two. */
export const countCodeUnits = (text: string): number => text.length;

/** 0.2.1 counts code points. */
export const countCodePoints = (text: string): number => Array.from(text).length;

export const VERSIONS: Versions = {
  '0.1.0': echoBack,
  '0.2.0': echoWithLength(countCodeUnits),
  '0.2.1': echoWithLength(countCodePoints),
};

function shown(input: Input): unknown {
  switch (input.kind) {
    case 'json':
      return input.value;
    case 'text':
      return input.text;
    case 'binary':
      return input.bytes.toString('base64');
  }
}

/** Characters of a text or of a JSON string, characters of other JSON written out, or bytes. */
function lengthOf(input: Input, count: (text: string) => number): number {
  switch (input.kind) {
    case 'json':
      return count(typeof input.value === 'string' ? input.value : JSON.stringify(input.value));
    case 'text':
      return count(input.text);
    case 'binary':
      return input.bytes.length;
  }
}
