import { GraphQLError } from 'graphql';
import type { ResponsePath } from './failures';

/**
 * Behind the error of a null where the public schema allows none, and which nobody explained, as its `originalError`: a
 * subgraph named an entity that another has not got, or does not give to this caller.
 */
class MissingError extends Error {
  override readonly name = 'MissingError';
}

/** Whether an error is about an entity that somebody named and nobody has. */
export function isMissing(error: unknown): boolean {
  return error instanceof GraphQLError && error.originalError instanceof MissingError;
}

interface Branch {
  readonly below: Map<string | number, Branch>;
  error: boolean;
}

/**
 * One projection of one request: the place that is being projected, and the errors found. A null where none may be
 * is an error by itself only when no error of a subgraph is above, at, or below it: that one said why.
 */
export class ProjectionRun {
  /** Grows and shrinks with the projection: the current place. */
  readonly path: (string | number)[] = [];
  readonly found: GraphQLError[] = [];
  private reasons: Branch | undefined;

  constructor(
    private readonly fromSubgraphs: readonly GraphQLError[],
    /** As the caller sent them. */
    readonly variables: Readonly<Record<string, unknown>>,
  ) {}

  /** Reports what is wrong at the current place. */
  invalid<Result>(message: string, result: Result): Result {
    this.found.push(new GraphQLError(message, { path: [...this.path] }));
    return result;
  }

  /** Reports what the caller may not have. */
  refused<Result>(error: GraphQLError, result: Result): Result {
    this.found.push(error);
    return result;
  }

  /** Reports it unless an error of a subgraph explains it. */
  unexplained<Result>(message: string, result: Result): Result {
    if (this.isExplained()) return result;
    const originalError = new MissingError(message);
    this.found.push(new GraphQLError(message, { path: [...this.path], originalError }));
    return result;
  }

  private isExplained(): boolean {
    let branch: Branch | undefined = (this.reasons ??= treeOf(this.fromSubgraphs));
    for (const key of this.path) {
      if (branch.error) return true;
      branch = branch.below.get(key);
      if (branch === undefined) return false;
    }
    return branch.error || branch.below.size > 0;
  }
}

function treeOf(errors: readonly GraphQLError[]): Branch {
  const root: Branch = { below: new Map(), error: false };
  for (const { path } of errors) insert(root, path ?? []);
  return root;
}

function insert(root: Branch, path: ResponsePath): void {
  let branch = root;
  for (const key of path) {
    const next: Branch = branch.below.get(key) ?? { below: new Map(), error: false };
    branch.below.set(key, next);
    branch = next;
  }
  branch.error = true;
}
