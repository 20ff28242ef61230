import {
  GraphQLError,
  Kind,
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { Measure, type Size } from './measure';

/** What one query may cost before anything of it is planned or run (chapter 5, "Limits"). */
export interface Limits {
  readonly maxDepth: number;
  /** Selections within one another, with those of fragments: the planner reads no more than 50. */
  readonly maxNesting: number;
  /** Fields with all fragments spread out: ten spreads of ten spreads of … fit into a short document. */
  readonly maxFields: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  /** Entries of connections that an answer can hold: the product of `first` along every path, summed. */
  readonly maxNodes: number;
  /** Fields, as `Type.field`, that hold up the whole process while they are resolved. */
  readonly heavyFields: ReadonlySet<string>;
  readonly maxHeavyFields: number;
  /** The most that one `first` may ask for. */
  readonly maxFirst: number;
  /** Tokens of the document: for the parser's option `maxTokens`, which comes before all the others. */
  readonly maxTokens: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxDepth: 15,
  maxNesting: 50,
  maxFields: 5000,
  maxAliases: 50,
  maxDirectives: 50,
  maxRootFields: 20,
  maxNodes: 100_000,
  heavyFields: new Set(),
  maxHeavyFields: 2,
  maxFirst: 100,
  maxTokens: 5000,
};

export const QUERY_TOO_COMPLEX = 'QUERY_TOO_COMPLEX';

/**
 * Which limits `document` is over; empty when none. Each error has the code `QUERY_TOO_COMPLEX`. The work is bounded
 * by the size of the document, fragments that spread fragments included.
 * @param variables as the caller sent them; without them, a `first` that is a variable counts as `maxFirst`
 */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  limits: Limits,
  variables?: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const { maxFirst, maxDepth, heavyFields } = limits;
  const measure = new Measure(schema, fragments, {
    maxFirst,
    maxDepth,
    heavyFields,
    variables,
    onFirst: (field, first) =>
      errors.push(tooComplex(`"first" may be at most ${maxFirst}; it is ${first}.`, field)),
  });
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure.selection(node.selectionSet, schema.getRootType(node.operation) ?? undefined);
    const directives = size.directives + (node.directives?.length ?? 0);
    errors.push(...exceeded({ ...size, directives }, limits, node));
  }
  return errors;
}

function exceeded(size: Size, limits: Limits, operation: OperationDefinitionNode): GraphQLError[] {
  const bounds: readonly [what: string, value: number, limit: number][] = [
    ['depth', size.depth, limits.maxDepth],
    ['nesting', size.nesting, limits.maxNesting],
    ['number of fields', size.fields, limits.maxFields],
    ['number of aliases', size.aliases, limits.maxAliases],
    ['number of directives', size.directives, limits.maxDirectives],
    ['number of root fields', size.rootFields, limits.maxRootFields],
    ['number of nodes', size.nodes, limits.maxNodes],
    [heavyOf(limits), size.heavy, limits.maxHeavyFields],
  ];
  return bounds
    .filter(([, value, limit]) => value > limit)
    .map(([what, , limit]) => tooComplex(`The ${what} of this query may be at most ${limit}.`, operation));
}

/** Named, so that whoever asked for too many knows of which. */
function heavyOf({ heavyFields }: Limits): string {
  return `number of ${[...heavyFields].join(', ')}`;
}

/**
 * The limits as validation rules, for a server that takes `validationRules`. The rules of the specification run
 * beside them; a server that can look at a document before it validates it does better with `checkLimits`.
 */
export function limitRules(limits: Limits): ValidationRule[] {
  return [
    (context) => ({
      [Kind.DOCUMENT]: (document: DocumentNode) => {
        for (const error of checkLimits(context.getSchema(), document, limits)) context.reportError(error);
      },
    }),
  ];
}

/** The error of `error` with the code of the limits, when it is the parser's for `maxTokens`; else null. */
export function tokenLimitError(error: unknown): GraphQLError | null {
  if (!(error instanceof GraphQLError) || !error.message.includes('Document contains more tha')) return null;
  return new GraphQLError('The query has too many tokens.', {
    extensions: { code: QUERY_TOO_COMPLEX },
    originalError: error,
  });
}

function tooComplex(message: string, node: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: node, extensions: { code: QUERY_TOO_COMPLEX } });
}
