import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSON } from 'graphql-scalars';

export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'A moment in UTC, RFC 3339: `2026-11-20T12:00:00.000Z`.',
});

export const Json = GraphQLJSON;

const SHA = /^[0-9a-fA-F]{40}$/;

export const Sha = new GraphQLScalarType<string, string>({
  name: 'Sha',
  description: 'The SHA-1 of a commit: 40 lower-case hex digits.',
  serialize: (value) => String(value),
  parseValue: shaOf,
  parseLiteral: (node) => shaOf(node.kind === Kind.STRING ? node.value : null),
});

function shaOf(value: unknown): string {
  if (typeof value === 'string' && SHA.test(value)) return value.toLowerCase();
  throw new GraphQLError('a SHA is 40 hex digits');
}
