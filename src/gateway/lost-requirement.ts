import { parse, visit, Kind, type FieldNode } from 'graphql';
import type { FetchRewrite, PlanNode, RequiresSelection } from '@graphql-hive/router-query-planner';

/** What the planner calls a field that it fetches beside another of the same key. */
const INTERNAL = /^_internal_qp_alias_\d+$/;

/**
 * True when the plan fetches something under a key of the planner's own that nothing in the plan takes up again. It does
 * so where two fields require one field with different arguments, further down than a root field: both are then given
 * the value of the one, so that the plan must not be run.
 */
export function losesRequirement(plan: PlanNode): boolean {
  const fetched = new Map<string, number>();
  const taken = new Map<string, number>();
  walk(plan);
  return [...fetched].some(([key, times]) => (taken.get(key) ?? 0) < times);

  function walk(node: PlanNode): void {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        node.nodes.forEach(walk);
        return;
      case 'Flatten':
        walk(node.node);
        return;
      case 'Fetch':
        count(node.operation);
        requires(node.requires);
        rewrites(node.outputRewrites);
        return;
      case 'BatchFetch':
        count(node.operation);
        for (const batch of node.entityBatch.aliases) {
          requires(batch.requires);
          rewrites(batch.outputRewrites);
        }
        return;
      case 'Condition':
      case 'Defer':
      case 'Subscription':
        return; // the executor refuses them
    }
  }

  function count(operation: string): void {
    if (!operation.includes('_internal_qp_alias_')) return;
    visit(parse(operation, { noLocation: true }), {
      [Kind.FIELD]: ({ alias }: FieldNode) => {
        if (alias !== undefined && INTERNAL.test(alias.value)) add(fetched, alias.value);
      },
    });
  }

  function requires(selections: readonly RequiresSelection[] | null | undefined): void {
    for (const selection of selections ?? []) {
      if (selection.kind === 'FragmentSpread') continue;
      if (selection.kind === 'Field' && INTERNAL.test(selection.name)) add(taken, selection.name);
      requires(selection.selections);
    }
  }

  function rewrites(all: readonly FetchRewrite[] | null | undefined): void {
    for (const rewrite of all ?? []) {
      if (!('KeyRenamer' in rewrite)) continue;
      for (const segment of rewrite.KeyRenamer.path)
        if ('Key' in segment && INTERNAL.test(segment.Key)) add(taken, segment.Key);
    }
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
