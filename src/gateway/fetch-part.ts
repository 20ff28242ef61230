import type { EntityBatch } from './entity-batch';
import type { FetchPart } from './observer';
import type { EntityFetch, RootFetch } from './steps';

/** Places that want an entity of a fetch. */
export function askedOf(batches: readonly EntityBatch[]): number {
  let asked = 0;
  for (const batch of batches) asked += batch.asked;
  return asked;
}

/** Representations that are sent for them. */
export function sentOf(batches: readonly EntityBatch[]): number {
  let sent = 0;
  for (const { representations } of batches) sent += representations.length;
  return sent;
}

/** A fetch as whoever looks on is told of it. */
export function fetchPart(
  { kind, service, operationKind }: RootFetch | EntityFetch,
  batches: readonly EntityBatch[],
): FetchPart {
  const entities =
    kind === 'root'
      ? null
      : { types: entityTypesOf(batches), asked: askedOf(batches), sent: sentOf(batches) };
  return { kind: 'fetch', subgraph: service, operationKind, entities };
}

/** Of those that there are any of, as the subgraph knows them, by name: the planner's order is not the same each time. */
function entityTypesOf(batches: readonly EntityBatch[]): string[] {
  const types = batches.flatMap(({ representations }) => representations.map(({ __typename }) => __typename));
  return [...new Set(types)].sort();
}
