import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { relocated, type ResponsePath } from './failures';
import { placeToArray, type Place } from './paths';
import { representationOf, type Representation } from './representations';
import { applyRewrites, renamed } from './rewrites';
import { cloneByShape, isData, merge } from './shape';
import type { EntityGroup } from './steps';
import { stemOf, visitTargets } from './targets';
import type { TypeRelations } from './type-relations';
import type { Data } from './types';

interface Target {
  readonly object: Data;
  readonly place: Place | undefined;
}

/**
 * The entities of one group of a fetch: found in the data, asked for once per representation however often they
 * occur, and filled in wherever they occur.
 */
export class EntityBatch {
  readonly representations: Representation[] = [];
  /** Per representation, the places that it is for. */
  private readonly targets: Target[][] = [];
  /** Per path of the group, the places that it led to. */
  private readonly found: (Place | undefined)[][] = [];

  constructor(
    readonly group: EntityGroup,
    service: string,
    private readonly types: TypeRelations,
    data: Data,
  ) {
    const matches = (typename: string, condition: string): boolean =>
      types.isAskedAs(service, typename, condition);
    const nameOf = (typename: string): string | null =>
      types.isOfAbstractType(typename) ? types.nameIn(service, typename) : null;
    const known = new Map<string, Target[]>();
    for (const path of group.paths) {
      const found: (Place | undefined)[] = [];
      this.found.push(found);
      visitTargets(data, path, types, (object, place) => {
        const representation = representationOf(group.requires, object, { matches, nameOf });
        if (representation === null) return;
        found.push(place);
        applyRewrites(representation, group.inputRewrites, types);
        representation.__typename = types.nameIn(service, representation.__typename);
        const text = JSON.stringify(representation);
        const targets = known.get(text);
        if (targets !== undefined) {
          targets.push({ object, place });
          return;
        }
        const first = [{ object, place }];
        known.set(text, first);
        this.targets.push(first);
        this.representations.push(representation);
      });
    }
  }

  /** How many places want an entity: as many as there are representations, or more. */
  get asked(): number {
    let asked = 0;
    for (const found of this.found) asked += found.length;
    return asked;
  }

  /** Whether there is an entity, or null, for each representation. */
  isAnsweredBy(entities: unknown): entities is readonly unknown[] {
    return Array.isArray(entities) && entities.length === this.representations.length;
  }

  /** Merges the subgraph's answer to this group into the data. */
  merge(entities: readonly unknown[]): void {
    this.targets.forEach((targets, index) => {
      const entity = entities[index];
      if (!isData(entity)) return;
      applyRewrites(entity, this.group.outputRewrites, this.types);
      // Copies first: the last place may have the original, and nobody copies it once it grows.
      targets.forEach(({ object }, at) => {
        const own = at === targets.length - 1 ? entity : (cloneByShape(entity, this.group.shape) as Data);
        merge(object, own, this.group.shape, this.types);
      });
    });
  }

  /** An error of this group as the caller's errors: one for every place that lacks something because of it. */
  relocate(error: GraphQLError | GraphQLFormattedError): GraphQLError[] {
    const [, index, ...rest] = error.path ?? [];
    const targets = typeof index === 'number' ? this.targets[index] : undefined;
    if (targets === undefined) return this.places().map((path) => relocated(error, path));
    const below = rest.map((key) => renamed(key, this.group.outputRewrites));
    return targets.map(({ place }) => relocated(error, [...placeToArray(place), ...below]));
  }

  /** Where an error of the group as a whole belongs: for each path, to its only entity, or above the list of them. */
  private places(): ResponsePath[] {
    return this.group.paths.flatMap((path, index) => {
      const [first, ...others] = this.found[index] ?? [];
      if (first === undefined) return [];
      return [others.length === 0 ? placeToArray(first) : stemOf(path)];
    });
  }
}
