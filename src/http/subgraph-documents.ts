import {
  type DocumentNode,
  getOperationAST,
  type GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  ValuesOfCorrectTypeRule,
} from 'graphql';
import { LRUCache } from 'lru-cache';

import { AlgogateError } from '../domain/errors';

/** Characters of documents, all together, that are kept parsed. */
const MAX_KEPT = 2_000_000;

/** What only a scalar of the subgraph refuses is told where it stands, by executing it: it is a caller's fault. */
const RULES = specifiedRules.filter((rule) => rule !== ValuesOfCorrectTypeRule);

/** Operations of a gateway, which sends the same ones again and again: parsed and validated once. */
export class SubgraphDocuments {
  private readonly known = new LRUCache<string, DocumentNode>({
    maxSize: MAX_KEPT,
    sizeCalculation: (_document, query) => 1 + query.length,
  });

  constructor(private readonly schema: GraphQLSchema) {}

  /** @throws AlgogateError INVALID_INPUT for what is no operation of the schema */
  find(query: string): DocumentNode {
    const known = this.known.get(query);
    if (known !== undefined) return known;
    const document = parsed(query);
    const [error] = validate(this.schema, document, RULES);
    if (error !== undefined) throw new AlgogateError('INVALID_INPUT', error.message);
    this.known.set(query, document);
    return document;
  }
}

/** What the operation of that name is; without a name, the only one. */
export function kindOf(document: DocumentNode, operationName: string | undefined): 'query' | 'mutation' {
  const operation = getOperationAST(document, operationName);
  return operation?.operation === OperationTypeNode.MUTATION ? 'mutation' : 'query';
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { noLocation: true });
  } catch (error) {
    throw new AlgogateError('INVALID_INPUT', (error as GraphQLError).message);
  }
}
