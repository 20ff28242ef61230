import { execute, type ExecutionResult, GraphQLError, type GraphQLSchema, Kind } from 'graphql';
import type { Runner } from './types';

/** As the GraphQL servers that run subgraphs elsewhere call it. */
const BAD_USER_INPUT = 'BAD_USER_INPUT';

/**
 * Runs a subgraph in this process. The document is not validated again: the planner wrote it from the subgraph's own
 * schema, and it was parsed once for its plan. The caller's context value is handed to the resolvers as it is.
 */
export function inProcess(schema: GraphQLSchema): Runner {
  return ({ document, variables, operationName, context }) => {
    const result = execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      ...(operationName === undefined ? {} : { operationName }),
    });
    return result instanceof Promise ? result.then(withInputErrors) : withInputErrors(result);
  };
}

/** What only the subgraph's own scalars refuse is the caller's fault all the same, and is to be told so. */
function withInputErrors(result: ExecutionResult): ExecutionResult {
  return result.errors === undefined ? result : { ...result, errors: result.errors.map(asInputError) };
}

function asInputError(error: GraphQLError): GraphQLError {
  if (error.extensions['code'] !== undefined || !isInputError(error)) return error;
  const { message, nodes, path } = error;
  const extensions = { code: BAD_USER_INPUT };
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions });
}

/** graphql-js tells the coercion of a variable by its node, and that of an argument by nothing but its words. */
function isInputError({ nodes, message, originalError }: GraphQLError): boolean {
  if (nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION) return true;
  return (
    (originalError === undefined || originalError instanceof GraphQLError) && /^Argument "/.test(message)
  );
}
