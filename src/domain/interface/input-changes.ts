import type { GraphQLArgument } from 'graphql';

import type { Severity } from '../terms';
import { annotationChanges } from './annotations';
import type { Defaults, Input } from './defaults';
import type { InterfaceChange } from './report';

/** What the finders told of the types of inputs and outputs, by path; a path that is not in it: nothing. */
export type TypeChanges = ReadonlyMap<string, Severity>;

/**
 * What the finders do not tell of an input that both interfaces have: its default, whether it must be given, and
 * that it takes more than before.
 * @param isField of an input type; else it is an argument
 */
export function inputChanges(
  path: string,
  [was, is]: readonly [was: Input, is: Input],
  isField: boolean,
  defaults: Defaults,
  types: TypeChanges,
): readonly InterfaceChange[] {
  const annotations = annotationChanges(path, was, is);
  // one of another type has a default of another type, as goes without saying
  if (types.get(path) === 'BREAKING') return annotations;
  const necessity = necessityChange(path, was, is, defaults);
  const changes: (InterfaceChange | null)[] = [...annotations, necessity];
  if (necessity === null) {
    changes.push(
      defaultChange(path, was, is, isField, defaults),
      types.has(path) ? null : nullabilityChange(path, was, is),
    );
  }
  return changes.filter((change) => change !== null);
}

/**
 * What the finders do not tell of the order of a function's inputs. An optional input is nothing to those who call
 * by name; but to those who call by position, as generated clients do, one that comes between others moves these.
 * The table has reordering as BREAKING and every optional input as welcome: so this is told, and not refused.
 */
export function orderChanges(
  path: string,
  was: readonly GraphQLArgument[],
  is: readonly GraphQLArgument[],
): readonly InterfaceChange[] {
  const before = new Set(was.map(({ name }) => name));
  const after = new Set(is.map(({ name }) => name));
  const order = [...after].filter((name) => before.has(name));
  if ([...before].filter((name) => after.has(name)).some((name, at) => order[at] !== name)) {
    const message = `The args of ${path} were reordered.`;
    return [{ severity: 'BREAKING', code: 'ARGS_REORDERED', path, message }];
  }
  const last = order.at(-1);
  // the new ones come after all others if these come first, as they are
  if (last === undefined || is[order.length - 1]?.name === last) return [];
  const message = `An arg of ${path} was added before the arg ${last}, which changes its position.`;
  return [{ severity: 'DANGEROUS', code: 'ARGS_SHIFTED', path, message }];
}

function necessityChange(path: string, was: Input, is: Input, defaults: Defaults): InterfaceChange | null {
  const required = defaults.isRequired(is);
  if (required === defaults.isRequired(was)) return null;
  return required
    ? {
        severity: 'BREAKING',
        code: 'INPUT_BECAME_REQUIRED',
        path,
        message: `${path} became required, since its default ${defaults.textOf(was)} was removed.`,
      }
    : { severity: 'SAFE', code: 'INPUT_BECAME_OPTIONAL', path, message: `${path} became optional.` };
}

function defaultChange(
  path: string,
  was: Input,
  is: Input,
  isField: boolean,
  defaults: Defaults,
): InterfaceChange | null {
  if (defaults.meaningOf(was) === defaults.meaningOf(is)) return null;
  return {
    severity: 'DANGEROUS',
    code: isField ? 'INPUT_FIELD_DEFAULT_VALUE_CHANGE' : 'ARG_DEFAULT_VALUE_CHANGE',
    path,
    message: `The default of ${path} changed from ${defaults.textOf(was)} to ${defaults.textOf(is)}.`,
  };
}

/** A change of the type that the finders have nothing against: something in it may be null now. */
function nullabilityChange(path: string, was: Input, is: Input): InterfaceChange | null {
  const [before, after] = [String(was.type), String(is.type)];
  if (before === after) return null;
  const message = `${path} takes null in more places: its type changed from ${before} to ${after}.`;
  return { severity: 'SAFE', code: 'INPUT_BECAME_NULLABLE', path, message };
}
