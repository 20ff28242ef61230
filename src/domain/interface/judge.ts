import {
  BreakingChangeType,
  DangerousChangeType,
  GraphQLFloat,
  type GraphQLInputType,
  GraphQLInt,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  specifiedScalarTypes,
} from 'graphql';

import type { Defaults, Input } from './defaults';
import type { Found, FoundCode } from './finders';
import type { InterfaceChange } from './report';
import { pathOf, type Site } from './site';
import { inUse, type Surface } from './surface';

/** Two interfaces, and the defaults of both. */
export interface Pair {
  readonly before: Surface;
  readonly after: Surface;
  readonly defaults: Defaults;
}

type Question<T> = (site: Site, pair: Pair) => T;
type Verdict = Partial<Pick<InterfaceChange, 'severity' | 'code'>>;

const STANDARD_SCALARS: ReadonlySet<string> = new Set(specifiedScalarTypes.map(({ name }) => name));

/** What a finding is to callers; null: nothing. Source: chapter 3, the table of "Interface compatibility". */
export function judge(found: Found, pair: Pair): InterfaceChange | null {
  const { code, severity, site, message } = found;
  if (!(CONCERNS[code] ?? inUseInBoth)(site, pair)) return null;
  const verdict = VERDICTS[code]?.(site, pair) ?? {};
  const optional = verdict.code?.startsWith('OPTIONAL_') === true;
  return {
    severity,
    code,
    path: pathOf(site),
    message: optional ? message.replace(/^A required/, 'An optional') : message,
    ...verdict,
  };
}

export function isStandardScalar(name: string): boolean {
  return STANDARD_SCALARS.has(name);
}

const always = () => true;
const inUseInBoth: Question<boolean> = ({ type = '' }, { before, after }) =>
  inUse(before, type) && inUse(after, type);

/**
 * Whether callers notice. A type that is no longer in use was in use where something else changed, which is told
 * of there; if its definition is gone as well, that is the table's "a type in use is removed".
 */
const CONCERNS: Partial<Record<FoundCode, Question<boolean>>> = {
  [BreakingChangeType.TYPE_REMOVED]: ({ type = '' }, { before }) =>
    inUse(before, type) && !isStandardScalar(type),
  [BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED]: ({ type = '' }, { before }) => inUse(before, type),
  // answers of an interface in use may now be of this type, which callers perhaps have not met
  [DangerousChangeType.IMPLEMENTED_INTERFACE_ADDED]: ({ type = '', implemented = '' }, { before, after }) =>
    inUse(after, type) && (inUse(before, type) || inUse(before, implemented)),
  [BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED]: (site, { after, defaults }) =>
    isRequired(directiveArg(site, after), defaults),
  [BreakingChangeType.DIRECTIVE_REMOVED]: always,
  [BreakingChangeType.DIRECTIVE_ARG_REMOVED]: always,
  [BreakingChangeType.DIRECTIVE_REPEATABLE_REMOVED]: always,
  [BreakingChangeType.DIRECTIVE_LOCATION_REMOVED]: always,
};

/** Where the table says something else than graphql, which does not look where a type is in use. */
const VERDICTS: Partial<Record<FoundCode, Question<Verdict>>> = {
  [BreakingChangeType.FIELD_REMOVED]: (site, { before }) =>
    mayBeMissed(site, before) ? {} : { severity: 'SAFE' },
  [BreakingChangeType.VALUE_REMOVED_FROM_ENUM]: ({ type = '' }, { before }) =>
    before.inputs.has(type) ? {} : { severity: 'DANGEROUS' },
  [DangerousChangeType.VALUE_ADDED_TO_ENUM]: ({ type = '' }, { before }) =>
    before.outputs.has(type) ? {} : { severity: 'SAFE' },
  [BreakingChangeType.FIELD_CHANGED_KIND]: judgeType,
  [BreakingChangeType.ARG_CHANGED_KIND]: judgeType,
  [BreakingChangeType.REQUIRED_ARG_ADDED]: judgeAdded(DangerousChangeType.OPTIONAL_ARG_ADDED),
  [BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED]: judgeAdded(DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED),
  [DangerousChangeType.OPTIONAL_ARG_ADDED]: () => ({ severity: 'SAFE' }),
  [DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED]: () => ({ severity: 'SAFE' }),
};

/** A function, a field of an input, an output field that is always there. */
function mayBeMissed({ type = '', field = '' }: Site, { schema }: Surface): boolean {
  const owner = schema.getType(type);
  if (owner === schema.getQueryType()) return true;
  if (!isObjectType(owner) && !isInterfaceType(owner)) return true;
  return isNonNullType(owner.getFields()[field]?.type);
}

function judgeType(site: Site, { before, after }: Pair): Verdict {
  const [was, is] = [inputAt(site, before), inputAt(site, after)];
  if (was === undefined || is === undefined || !takes(was.type, is.type)) return {};
  return { severity: 'DANGEROUS', code: 'INPUT_WIDENED' };
}

/** The finders see no defaults. */
function judgeAdded(code: FoundCode): Question<Verdict> {
  return (site, { after, defaults }) =>
    isRequired(inputAt(site, after), defaults) ? {} : { severity: 'SAFE', code };
}

/** Whether all that could be sent still can, an Int where a Float is wanted included. */
function takes(was: GraphQLInputType, is: GraphQLInputType): boolean {
  if (isNonNullType(was)) return takes(was.ofType, isNonNullType(is) ? is.ofType : is);
  if (isListType(was)) return isListType(is) && takes(was.ofType, is.ofType);
  if (isNonNullType(is) || isListType(is)) return false;
  return was.name === is.name || (was === GraphQLInt && is === GraphQLFloat);
}

function isRequired(input: Input | undefined, defaults: Defaults): boolean {
  return input !== undefined && defaults.isRequired(input);
}

function inputAt({ type = '', field = '', arg }: Site, { schema }: Surface): Input | undefined {
  const owner = schema.getType(type);
  if (isInputObjectType(owner)) return owner.getFields()[field];
  if (!isObjectType(owner) && !isInterfaceType(owner)) return undefined;
  return owner.getFields()[field]?.args.find(({ name }) => name === arg);
}

function directiveArg({ directive = '', arg }: Site, { schema }: Surface): Input | undefined {
  return schema.getDirective(directive)?.args.find(({ name }) => name === arg);
}
