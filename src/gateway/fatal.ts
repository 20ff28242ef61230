import {
  GraphQLError,
  isTypeDefinitionNode,
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { directiveNames } from './links';

/** The planner reads no more than 50 selections within one another, its own included. */
const MAX_NESTING = 40;
/** Arguments of `@join__type` and `@join__field` that are field sets. */
const FIELD_SETS: ReadonlySet<string> = new Set(['key', 'provides', 'requires']);

/** By composite type, its fields and what each of them returns; a union has none. */
type Fields = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * What a supergraph says that the planner aborts the process over while it reads it: weights that are no natural
 * numbers, and field sets that are none. The composer lets some of it through, and a supergraph that was composed
 * elsewhere may have all of it.
 * @returns one line for each
 */
export function fatal(supergraph: DocumentNode): string[] {
  const cost = directiveNames(supergraph, 'cost')?.('cost') ?? 'cost';
  const fields = fieldsOf(supergraph);
  return partsOf(supergraph).flatMap(({ type, field, at, directives }) =>
    directives.flatMap((directive) => {
      const name = directive.name.value;
      if (name === cost) return weightProblems(at, directive);
      if (name === 'join__type') return fieldSetProblems(at, directive, fields, () => type);
      const ownerOf = (set: string): string | undefined =>
        set === 'provides' ? fields.get(type)?.get(field) : type;
      return name === 'join__field' ? fieldSetProblems(at, directive, fields, ownerOf) : [];
    }),
  );
}

/** What of a supergraph may have a directive: types, what they have, and arguments. */
interface Part {
  readonly type: string;
  /** Empty for a type itself. */
  readonly field: string;
  readonly at: string;
  readonly directives: readonly ConstDirectiveNode[];
}

function partsOf({ definitions }: DocumentNode): Part[] {
  return definitions.filter(isTypeDefinitionNode).flatMap((node): Part[] => {
    const type = node.name.value;
    const inner = 'fields' in node ? (node.fields ?? []) : 'values' in node ? (node.values ?? []) : [];
    return [
      { type, field: '', at: type, directives: node.directives ?? [] },
      ...inner.flatMap((each): Part[] => {
        const field = each.name.value;
        const at = `${type}.${field}`;
        const args = each.kind === Kind.FIELD_DEFINITION ? (each.arguments ?? []) : [];
        return [
          { type, field, at, directives: each.directives ?? [] },
          ...args.map(({ name, directives = [] }) => ({
            type,
            field,
            at: `${at}.${name.value}`,
            directives,
          })),
        ];
      }),
    ];
  });
}

function weightProblems(at: string, directive: ConstDirectiveNode): string[] {
  const weight = directive.arguments?.find(({ name }) => name.value === 'weight')?.value;
  return weight?.kind === Kind.INT && !weight.value.startsWith('-')
    ? []
    : [`COST_WEIGHT: ${at} has a weight that is no whole number of 0 or more.`];
}

/** @param ownerOf the type that a field set of this name selects from */
function fieldSetProblems(
  at: string,
  directive: ConstDirectiveNode,
  fields: Fields,
  ownerOf: (set: string) => string | undefined,
): string[] {
  return (directive.arguments ?? []).flatMap(({ name, value }) => {
    if (!FIELD_SETS.has(name.value) || value.kind !== Kind.STRING) return [];
    const problem = whyNoFieldSet(value.value, ownerOf(name.value), fields);
    return problem === null
      ? []
      : [`FIELD_SET: ${at} has @${name.value}(fields: ${JSON.stringify(value.value)}), which ${problem}.`];
  });
}

function whyNoFieldSet(text: string, type: string | undefined, fields: Fields): string | null {
  try {
    const [operation, ...more] = parse(`{ ${text} }`, { noLocation: true }).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION || more.length > 0) return 'is more than one selection';
    return whyNotSelected(operation.selectionSet, type, fields, 1);
  } catch (error) {
    return `does not parse: ${error instanceof GraphQLError ? error.message : String(error)}`;
  }
}

function whyNotSelected(
  { selections }: SelectionSetNode,
  type: string | undefined,
  fields: Fields,
  level: number,
): string | null {
  const known = type === undefined ? undefined : fields.get(type);
  if (known === undefined) return `selects from "${type}", which has no fields`;
  if (level > MAX_NESTING) return `has more than ${MAX_NESTING} selections within one another`;
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return 'spreads a fragment';
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value ?? type;
      const problem = whyNotSelected(selection.selectionSet, condition, fields, level + 1);
      if (problem !== null) return problem;
      continue;
    }
    const name = selection.name.value;
    const returned = name === '__typename' ? '' : known.get(name);
    if (returned === undefined) return `selects "${name}", which "${type}" has not`;
    if (selection.selectionSet === undefined) continue;
    const problem = whyNotSelected(selection.selectionSet, returned, fields, level + 1);
    if (problem !== null) return problem;
  }
  return null;
}

function fieldsOf({ definitions }: DocumentNode): Fields {
  const all = new Map<string, ReadonlyMap<string, string>>();
  for (const node of definitions) {
    if (node.kind === Kind.UNION_TYPE_DEFINITION) all.set(node.name.value, new Map());
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    all.set(
      node.name.value,
      new Map((node.fields ?? []).map(({ name, type }) => [name.value, namedType(type)])),
    );
  }
  return all;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
