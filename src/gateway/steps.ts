import { parse, type DocumentNode } from 'graphql';
import type {
  BatchFetchNode,
  FetchNode,
  FlattenNodePathSegment,
  PlanNode,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';
import { GatewayError } from './errors';
import { keysOf, readRewrites, type Rewrite } from './rewrites';
import { renamedShape, shapeOf, type Shape } from './shape';

/** A plan made ready to run: documents parsed, paths and rewrites in one form. Made once per plan, never changed. */
export type Step = Steps | RootFetch | EntityFetch;

export interface Steps {
  readonly kind: 'sequence' | 'parallel';
  readonly steps: readonly Step[];
}

interface Fetch {
  readonly service: string;
  readonly query: string;
  readonly document: DocumentNode;
  readonly operationKind: 'query' | 'mutation';
  readonly operationName: string | undefined;
  readonly variableUsages: readonly string[];
}

export interface RootFetch extends Fetch {
  readonly kind: 'root';
  readonly shape: Shape;
  readonly outputRewrites: readonly Rewrite[];
}

export interface EntityFetch extends Fetch {
  readonly kind: 'entities';
  readonly groups: readonly EntityGroup[];
}

/** Entities that one `_entities` field of a fetch is asked for. */
export interface EntityGroup {
  readonly alias: string;
  readonly variable: string;
  /** Where in the data they are; more than one place when several ask for the same. */
  readonly paths: readonly (readonly FlattenNodePathSegment[])[];
  readonly requires: readonly RequiresSelection[];
  readonly inputRewrites: readonly Rewrite[];
  readonly outputRewrites: readonly Rewrite[];
  readonly shape: Shape | null;
}

/** The subgraph that a name in the plan stands for. */
type ServiceOf = (name: string) => string;

/**
 * @param node the plan
 * @param path where the enclosing Flatten nodes lead
 * @throws GatewayError `PLANNING_FAILED` for a node that this executor does not run (`@defer`, subscriptions, and conditions, of
 *   which the planner sees none: `decide.ts`)
 */
export function toStep(
  node: PlanNode,
  serviceOf: ServiceOf,
  path: readonly FlattenNodePathSegment[] = [],
): Step {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel': {
      const steps = node.nodes.map((child) => toStep(child, serviceOf, path));
      return { kind: node.kind === 'Sequence' ? 'sequence' : 'parallel', steps };
    }
    case 'Flatten':
      return toStep(node.node, serviceOf, [...path, ...node.path]);
    case 'Fetch':
      return node.requires && node.requires.length > 0
        ? entityFetch(node, node.requires, serviceOf, path)
        : rootFetch(node, serviceOf);
    case 'BatchFetch':
      return batchFetch(node, serviceOf);
    default:
      throw new GatewayError('PLANNING_FAILED', `The gateway does not run ${node.kind} nodes.`);
  }
}

function rootFetch(node: FetchNode, serviceOf: ServiceOf): RootFetch {
  const fetch = fetchOf(node, serviceOf);
  const outputRewrites = readRewrites(node.outputRewrites);
  return {
    kind: 'root',
    ...fetch,
    outputRewrites,
    shape: rewritten(shapeOf(fetch.document), outputRewrites) ?? new Map(),
  };
}

function entityFetch(
  node: FetchNode,
  requires: readonly RequiresSelection[],
  serviceOf: ServiceOf,
  path: readonly FlattenNodePathSegment[],
): EntityFetch {
  const fetch = fetchOf(node, serviceOf);
  const outputRewrites = readRewrites(node.outputRewrites, '_entities');
  const group: EntityGroup = {
    alias: '_entities',
    variable: 'representations',
    paths: [path],
    requires,
    inputRewrites: readRewrites(node.inputRewrites),
    outputRewrites,
    shape: rewritten(shapeOf(fetch.document).get('_entities') ?? null, outputRewrites),
  };
  return { kind: 'entities', ...fetch, groups: [group] };
}

function batchFetch(node: BatchFetchNode, serviceOf: ServiceOf): EntityFetch {
  const fetch = fetchOf(node, serviceOf);
  const shape = shapeOf(fetch.document);
  const groups = node.entityBatch.aliases.map((batch): EntityGroup => {
    const outputRewrites = readRewrites(batch.outputRewrites, batch.alias);
    return {
      alias: batch.alias,
      variable: batch.representationsVariableName,
      paths: batch.paths,
      requires: batch.requires,
      inputRewrites: readRewrites(batch.inputRewrites),
      outputRewrites,
      shape: rewritten(shape.get(batch.alias) ?? null, outputRewrites),
    };
  });
  return { kind: 'entities', ...fetch, groups };
}

function fetchOf(node: FetchNode | BatchFetchNode, serviceOf: ServiceOf): Fetch {
  return {
    service: serviceOf(node.serviceName),
    query: node.operation,
    document: parse(node.operation, { noLocation: true }),
    operationKind: node.operationKind === 'mutation' ? 'mutation' : 'query',
    operationName: node.operationName ?? undefined,
    variableUsages: node.variableUsages ?? [],
  };
}

function rewritten(shape: Shape | null, rewrites: readonly Rewrite[]): Shape | null {
  return rewrites.reduce<Shape | null>(
    (known, rewrite) =>
      'renameTo' in rewrite.action ? renamedShape(known, keysOf(rewrite), rewrite.action.renameTo) : known,
    shape,
  );
}
