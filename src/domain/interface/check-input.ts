import { buildSchema } from 'graphql';

import {
  faultAt,
  type InputFault,
  isObject,
  kindOf,
  listed,
  type Mismatch,
  mismatch,
  within,
} from './input-fault';
import { compileFunctions, type Fields, type InputType } from './input-types';

export type { InputFault } from './input-fault';

/** Levels of lists and objects in one input: JSON has no bound of its own, and a stack has. */
export const MAX_INPUT_DEPTH = 500;

/** An interface, ready to hold the inputs of calls against it. */
export interface InterfaceCheck {
  /**
   * The first fault of a JSON input, null where there is none. Nothing is coerced, since the backend gets what was
   * sent: a single value is no list, a number no string. Takes time in proportion to the input.
   * @param functionName null where the caller names none: then it is the only function
   * @param input what `JSON.parse` gave: an object of inputs by name; null is one without any
   */
  check(functionName: string | null, input: unknown): InputFault | null;
  /** The same for an input that is no JSON: of it only the function that was named can be wrong. */
  checkFunction(functionName: string): InputFault | null;
}

/**
 * Parses an interface once, for all the calls that are held against it.
 * Source: chapter 4, "Interface checks on calls".
 * @param sdl one that `assertInterface` let through
 * @throws GraphQLError for one that it would not have
 */
export function compileInputCheck(sdl: string): InterfaceCheck {
  const functions = compileFunctions(buildSchema(sdl, { noLocation: true, assumeValidSDL: true }));
  const [first] = functions.values();
  const only = functions.size === 1 ? first : undefined;
  const expected = `one of ${listed(functions.keys())}`;
  const wrongFunction = (found: string): InputFault => faultAt('function', mismatch(expected, found));
  return {
    check: (functionName, input) => {
      const inputs = functionName === null ? only : functions.get(functionName);
      if (inputs === undefined) return wrongFunction(functionName === null ? 'none' : 'another name');
      const found = inInputs(inputs, input ?? {});
      return found && faultAt('input', found);
    },
    checkFunction: (functionName) => (functions.has(functionName) ? null : wrongFunction('another name')),
  };
}

function inInputs(inputs: Fields, input: unknown): Mismatch | null {
  return isObject(input)
    ? inFields(inputs, input, 1)
    : mismatch('an object of inputs by name', kindOf(input));
}

/** @param depth of lists and objects, `value` included if it is one */
function inValue({ shape, written, nullable }: InputType, value: unknown, depth: number): Mismatch | null {
  if (value === null) return nullable ? null : mismatch(written, 'null');
  switch (shape.kind) {
    case 'any':
      return null;
    case 'leaf': {
      const wrong = shape.wrong(value);
      return wrong === null ? null : mismatch(written + shape.hint, wrong);
    }
    case 'list':
      return Array.isArray(value) ? inList(shape.item, value, depth) : mismatch(written, kindOf(value));
    case 'object':
      return isObject(value) ? inFields(shape.fields, value, depth) : mismatch(written, kindOf(value));
  }
}

function inList(item: InputType, values: readonly unknown[], depth: number): Mismatch | null {
  if (depth > MAX_INPUT_DEPTH) return tooDeep();
  for (let index = 0; index < values.length; index += 1) {
    const found = inValue(item, values[index], depth + 1);
    if (found !== null) return within(index, found);
  }
  return null;
}

/** Names that are none of the interface's come first: one that is misspelt explains the one that is missing. */
function inFields(fields: Fields, value: Readonly<Record<string, unknown>>, depth: number): Mismatch | null {
  if (depth > MAX_INPUT_DEPTH) return tooDeep();
  const names = Object.keys(value);
  for (const name of names) {
    const type = fields.types.get(name);
    const found =
      type === undefined ? mismatch(fields.names, 'another name') : inValue(type, value[name], depth + 1);
    if (found !== null) return within(name, found);
  }
  if (fields.oneOf && names.length !== 1) {
    return mismatch(`exactly ${fields.names}`, names.length === 0 ? 'none' : 'several');
  }
  const missing = fields.required.find((name) => !Object.hasOwn(value, name));
  return missing === undefined
    ? null
    : within(missing, mismatch(fields.types.get(missing)?.written ?? '', 'nothing'));
}

function tooDeep(): Mismatch {
  return mismatch(`at most ${MAX_INPUT_DEPTH} levels`, 'an input nested too deeply');
}
