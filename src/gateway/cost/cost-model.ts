import { valueFromASTUntyped, type DocumentNode, type GraphQLSchema } from 'graphql';
import { findOperation } from '../operation';
import { compileCost, type CostOptions } from './compile';
import { CostDirectives } from './directives';
import { valueOf, type Term, type Variables } from './terms';

/** What a request may cost, before anything of it is run. */
export interface CostRequest {
  /** Parsed, and valid against the public schema. */
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Variables | null | undefined;
}

export const DEFAULT_COSTS: CostOptions = { listSize: 10 };

interface Estimated {
  readonly term: Term;
  /** Of the variables that have some. */
  readonly defaults: Variables;
}

/**
 * Static estimates of operations, by `@cost` and `@listSize` of a supergraph: an object costs 1 and a leaf nothing, each as
 * often as it is expected; a mutation 10 besides. Source: https://ibm.github.io/graphql-specs/cost-spec.html, as
 * Apollo Router reads it (what is under several fragments of an abstract type adds up).
 */
export class CostModel {
  private readonly directives: CostDirectives;
  private readonly known = new WeakMap<DocumentNode, Map<string, Estimated>>();

  constructor(
    supergraph: DocumentNode,
    private readonly schema: GraphQLSchema,
    private readonly options: CostOptions = DEFAULT_COSTS,
  ) {
    this.directives = new CostDirectives(supergraph);
  }

  /**
   * Compiled once for an operation; later requests only fill in their variables.
   * @returns cost units, never negative; 0 where there is no such operation
   * @throws GraphQLError `BAD_USER_INPUT` where a list needs one slicing argument and has not got it
   */
  estimate({ document, operationName, variables }: CostRequest): number {
    const estimated = this.find(document, operationName ?? '');
    if (estimated === null) return 0;
    const { term, defaults } = estimated;
    return Math.max(0, typeof term === 'number' ? term : valueOf(term, { ...defaults, ...variables }));
  }

  private find(document: DocumentNode, name: string): Estimated | null {
    const known = this.known.get(document)?.get(name);
    if (known !== undefined) return known;
    const operation = findOperation(document, name === '' ? null : name);
    if (operation === null) return null;
    const term = compileCost(this.schema, this.directives, this.options, operation);
    const defaults = Object.fromEntries(
      (operation.definition.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
        defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
      ),
    );
    const all = this.known.get(document) ?? new Map<string, Estimated>();
    this.known.set(document, all.set(name, { term, defaults }));
    return { term, defaults };
  }
}
