import { AlgogateError } from '../../../domain/errors';
import { nameKey } from '../../../domain/name';
import type { References } from '../../../gateway';
import type { GraphContext } from '../../shared/context';
import type { CatalogueService } from '../catalogue-service';
import { majorNode } from '../nodes';
import type { RegistryReader } from '../reader';

/** A representation, as the gateway sends it. */
type Keyed = Readonly<Record<string, unknown>>;

/**
 * Entities by their keys, for other subgraphs' references: a batch at a time, and none that the caller may not see.
 * Rows are loaded by the loaders of the request, one query for each kind.
 */
export function registryReferences(
  catalogue: CatalogueService,
  reader: RegistryReader,
): References<GraphContext> {
  const each =
    <T>(one: (context: GraphContext, ref: string) => Promise<T>) =>
    (references: readonly Keyed[], context: GraphContext): Promise<(T | null | Error)[]> =>
      Promise.all(references.map(({ ref }) => orRefusal(one(context, String(ref)))));
  return {
    Owner: (references: readonly Keyed[], context: GraphContext) =>
      Promise.all(references.map(({ handle }) => reader.ownerByKey(context, nameKey(String(handle))))),
    Algorithm: each(async (context, ref) => {
      const { algorithm } = await catalogue.algorithm(context.principal, ref);
      return reader.algorithm(context, algorithm.id);
    }),
    Major: each(async (context, ref) => {
      const { algorithm, number } = await catalogue.major(context.principal, ref);
      return majorNode(`${algorithm.owner.handle}/${algorithm.name}`, number);
    }),
    Version: each(async (context, ref) => {
      const { versionId } = await catalogue.version(context.principal, ref);
      return reader.version(context, versionId);
    }),
  };
}

/** What is wrong with one reference, which somebody else's subgraph may have made up, costs none of the others. */
async function orRefusal<T>(entity: Promise<T>): Promise<T | null | Error> {
  try {
    return await entity;
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    if (error.code === 'NOT_FOUND' || error.code === 'GONE') return null;
    if (error.code === 'INVALID_INPUT') return error;
    throw error;
  }
}
