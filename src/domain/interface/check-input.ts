import { buildSchema } from 'graphql';

import { compileFunctions, type Fields, type InputType } from './input-types';
import { isObject, kindOf, listed, type Mismatch, mismatch, sentenceOf, within } from './mismatch';

/** Levels of lists and objects in one input: JSON has no bound of its own, and a stack has. */
export const MAX_INPUT_DEPTH = 500;

/** Why an input is not what its interface says. Of the input it tells names alone, never a value. */
export interface InputFault {
  /** Where: `input.image.tiles[3].width`; `function` where that itself is at fault. */
  readonly path: string;
  /** What the interface has there: `Float!`. */
  readonly expected: string;
  /** Both, and what was found, as one bounded sentence. */
  readonly message: string;
}

/** An interface, ready to hold the inputs of calls against it. */
export interface InterfaceCheck {
  /**
   * The first fault of a JSON input, null where there is none. Nothing is coerced, since the backend gets what was
   * sent: a list is a list, a number no string. Takes time in proportion to the input.
   * @param functionName null where the caller names none: then it is the only function
   * @param input what `JSON.parse` gave: an object of inputs by name; null is one without any
   */
  check(functionName: string | null, input: unknown): InputFault | null;
  /** The same for an input that is no JSON: only the function that was named is looked at. */
  checkFunction(functionName: string): InputFault | null;
}

/**
 * Parses an interface once, for all the calls that are held against it. Source: chapter 4, "Interface checks on calls".
 * @param sdl what `assertInterface` let through
 * @throws GraphQLError for what is no SDL
 */
export function compileInputCheck(sdl: string): InterfaceCheck {
  const functions = compileFunctions(buildSchema(sdl, { noLocation: true, assumeValidSDL: true }));
  const only = functions.size === 1 ? [...functions.values()][0] : undefined;
  const wrongFunction = (found: string): InputFault =>
    faultOf('function', mismatch(`one of ${listed(functions.keys())}`, found));
  return {
    check: (functionName, input) => {
      const inputs = functionName === null ? only : functions.get(functionName);
      if (inputs === undefined) return wrongFunction(functionName === null ? 'none' : 'another');
      const found = inInputs(inputs, input ?? {});
      return found && faultOf('input', found);
    },
    checkFunction: (functionName) => (functions.has(functionName) ? null : wrongFunction('another')),
  };
}

function faultOf(root: string, found: Mismatch): InputFault {
  const { path, message } = sentenceOf(root, found);
  return { path, expected: found.expected, message };
}

function inInputs(inputs: Fields, input: unknown): Mismatch | null {
  if (!isObject(input)) return mismatch('an object of inputs by name', kindOf(input));
  return inFields(inputs, input, 1);
}

/** @param depth of `value`: an object of inputs has 1 */
function inValue(type: InputType, value: unknown, depth: number): Mismatch | null {
  const { shape, written } = type;
  if (value === null) return type.nullable ? null : mismatch(written, 'null');
  switch (shape.kind) {
    case 'any':
      return null;
    case 'leaf': {
      const wrong = shape.wrong(value);
      return wrong === null ? null : mismatch(shape.expected ?? written, wrong);
    }
    case 'list':
      return Array.isArray(value) ? inList(shape.item, value, depth) : mismatch(written, kindOf(value));
    case 'object':
      return isObject(value) ? inFields(shape.fields(), value, depth) : mismatch(written, kindOf(value));
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

/** Names that are not the interface's come first: a name that is misspelt explains the one that is missing. */
function inFields(
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
  depth: number,
): Mismatch | null {
  if (depth > MAX_INPUT_DEPTH) return tooDeep();
  const names = Object.keys(value);
  for (const name of names) {
    const type = fields.types.get(name);
    const found =
      type === undefined
        ? mismatch(fields.names, 'another name')
        : inValue(type, value[name], depth + 1);
    if (found !== null) return within(name, found);
  }
  if (fields.oneOf && names.length !== 1) {
    return mismatch(`exactly ${fields.names}`, names.length === 0 ? 'none' : 'several');
  }
  for (const [name, written] of fields.required) {
    if (!Object.hasOwn(value, name)) return within(name, mismatch(written, 'nothing'));
  }
  return null;
}

function tooDeep(): Mismatch {
  return mismatch(`at most ${MAX_INPUT_DEPTH} levels of lists and objects`, 'an input nested too deeply');
}
