import {
  buildASTSchema,
  type DocumentNode,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLInputField,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  Lexer,
  parse,
  Source,
  TokenKind,
  validateSchema,
  visit,
  visitInParallel,
} from 'graphql';
import { specifiedSDLRules } from 'graphql/validation/specifiedRules';
import { SDLValidationContext } from 'graphql/validation/ValidationContext';

import { AlgogateError } from '../errors';

const MAX_TOKENS = 20_000;
/** Levels of brackets: `type Query { f(a: [[Int]] = [[1]]): Int }` has four. */
const MAX_DEPTH = 64;
/** A report repeats names, as often as there are changes. */
const MAX_NAME_LENGTH = 255;

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * The interface of a build: a GraphQL SDL document whose `Query` fields are its functions. Source: chapter 3.
 * @throws AlgogateError INVALID_INPUT saying where it does not parse, what is wrong with its types or defaults, or
 * that it has no `Query`
 */
export function assertInterface(sdl: string): void {
  try {
    assertSchema(sdl);
  } catch (error) {
    // graphql-js recurses where types and defaults refer to each other, and says so in words of its own
    const message =
      error instanceof Error && !(error instanceof RangeError) ? said(error) : 'nested too deeply';
    throw new AlgogateError('INVALID_INPUT', `the interface is not valid SDL: ${message}`, ['interface']);
  }
}

/** What is wrong, and where, as far as graphql-js knows it. */
function said(error: Error): string {
  const [at] = error instanceof GraphQLError ? (error.locations ?? []) : [];
  return at === undefined ? error.message : `${error.message} (line ${at.line}, column ${at.column})`;
}

function assertSchema(sdl: string): void {
  assertBounded(sdl);
  const document = parse(sdl, { maxTokens: MAX_TOKENS });
  assertRules(document);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
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
  assertDefaults(schema);
}

/**
 * The rules of SDL, up to the first that is broken. graphql-js's own check goes on to the last, and looks for names
 * that each wrong one may have meant: a thousand wrong names among a thousand would take it seconds.
 */
function assertRules(document: DocumentNode): void {
  const context = new SDLValidationContext(document, null, (fault) => {
    throw fault;
  });
  visit(document, visitInParallel(specifiedSDLRules.map((rule) => rule(context))));
}

/** What comes later recurses by brackets, and repeats names: both are bounded before anything does. */
function assertBounded(sdl: string): void {
  const lexer = new Lexer(new Source(sdl));
  let depth = 0;
  for (let tokens = 0; tokens <= MAX_TOKENS; tokens++) {
    const { kind, value } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (OPENING.has(kind)) depth++;
    if (CLOSING.has(kind)) depth--;
    if (depth > MAX_DEPTH) throw new GraphQLError('nested too deeply');
    if (kind === TokenKind.NAME && value.length > MAX_NAME_LENGTH) {
      throw new GraphQLError(`a name has at most ${MAX_NAME_LENGTH} characters`);
    }
  }
}

/** graphql-js takes a default that its type does not for none, so that the input would be as good as required. */
function assertDefaults(schema: GraphQLSchema): void {
  for (const [name, type] of Object.entries(schema.getTypeMap())) {
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) assertDefault(`${name}.${field.name}`, field);
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        for (const arg of field.args) assertDefault(`${name}.${field.name}(${arg.name}:)`, arg);
      }
    }
  }
}

function assertDefault(path: string, { astNode, defaultValue, type }: GraphQLArgument | GraphQLInputField) {
  if (astNode?.defaultValue === undefined || defaultValue !== undefined) return;
  throw new GraphQLError(`the default of ${path} is no ${String(type)}`);
}
