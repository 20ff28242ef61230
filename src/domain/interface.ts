import {
  buildASTSchema,
  GraphQLError,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  parse,
  validateSchema,
} from 'graphql';

import { AlgogateError } from './errors';

const MAX_TOKENS = 20_000;

/**
 * The interface of a build: a GraphQL SDL document whose `Query` fields are its functions. Source: chapter 3.
 * @throws AlgogateError INVALID_INPUT saying where it does not parse, what is wrong with its types, or that it has
 * no `Query`
 */
export function assertInterface(sdl: string): void {
  try {
    assertSchema(sdl);
  } catch (error) {
    // the parser of graphql-js recurses, and says so in words of its own
    const message =
      error instanceof Error && !(error instanceof RangeError) ? error.message : 'nested too deeply';
    throw new AlgogateError('INVALID_INPUT', `the interface is not valid SDL: ${message}`, ['interface']);
  }
}

function assertSchema(sdl: string): void {
  const document = parse(sdl, { maxTokens: MAX_TOKENS });
  const schema = buildASTSchema(document);
  if (
    !document.definitions.every((node) => isTypeSystemDefinitionNode(node) || isTypeSystemExtensionNode(node))
  ) {
    throw new GraphQLError('it has an operation or a fragment, and may have types alone');
  }
  if (schema.getQueryType() == null)
    throw new GraphQLError('it has no type Query, whose fields are the functions');
  // an input that is no input type, a type without fields: no later comparison could make sense of them
  const [fault] = validateSchema(schema);
  if (fault !== undefined) throw fault;
}
