import fc from 'fast-check';
import {
  getNamedType,
  isAbstractType,
  isLeafType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** Small numbers that a query is spelled from: the same numbers give the same query. */
export const dice = fc.array(fc.nat(999), { minLength: 20, maxLength: 60 });

/**
 * A valid query against `schema`, spelled from `rolls`. Every alias names its field, so that selections that have to
 * be merged always can be.
 */
export function spell(
  schema: GraphQLSchema,
  rolls: readonly number[],
  literals: Record<string, string>,
  { conditions = true } = {},
): string {
  let at = 0;
  const roll = (sides: number): number => (rolls[at++ % rolls.length] ?? 0) % sides;

  const selection = (type: GraphQLCompositeType, depth: number): string => {
    const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
    const usable = fields.filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
    const parts = ['__typename'];
    const count = usable.length === 0 ? 0 : 1 + roll(3);
    for (let index = 0; index < count; index++) {
      const field = usable[roll(usable.length)];
      if (field !== undefined) parts.push(spelled(field, depth));
    }
    if (isAbstractType(type) && depth > 0) {
      for (const possible of schema.getPossibleTypes(type)) {
        if (roll(2) === 0)
          parts.push(`... on ${possible.name}${condition()} ${selection(possible, depth - 1)}`);
      }
    } else if (depth > 0 && roll(5) === 0) {
      parts.push(`... on ${type.name}${condition()} ${selection(type, depth - 1)}`);
    }
    return `{ ${parts.join(' ')} }`;
  };

  const choices = conditions
    ? ['', '', '', ' @include(if: $yes)', ' @skip(if: $yes)', ' @include(if: $no)']
    : [''];
  const condition = (): string => choices[roll(choices.length)] ?? '';

  const spelled = (field: GraphQLField<unknown, unknown>, depth: number): string => {
    const given = field.args.flatMap(({ name }) => {
      const literal = literals[`${field.name}.${name}`];
      return literal === undefined ? [] : [`${name}: ${literal}`];
    });
    const args = given.length === 0 ? '' : `(${given.join(', ')})`;
    const named = getNamedType(field.type);
    const below = isLeafType(named) ? '' : ` ${selection(named as GraphQLCompositeType, depth - 1)}`;
    const alias = roll(3) === 0 ? `${field.name}_${named.name}: ` : '';
    return `${alias}${field.name}${args}${condition()}${below}`;
  };

  const query = schema.getQueryType();
  if (!query) throw new Error('No query type.');
  return `query ${conditions ? '($yes: Boolean = true, $no: Boolean!)' : ''} ${selection(query, 4)}`;
}
