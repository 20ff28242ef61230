import { parse } from 'graphql';
import { Planner } from './plan';
import { guardedPlanners } from './planning/guarded';
import { publicSchemaOf } from './public-schema';

/**
 * Resolves where a gateway could serve this supergraph: what composes is not always what the planner can open, and what it
 * cannot open may end the process that it is in, which is another one here.
 * @throws GatewayError `INVALID_SUPERGRAPH`
 */
export async function assertServable(supergraphSdl: string): Promise<void> {
  const supergraph = parse(supergraphSdl, { noLocation: true });
  const planners = guardedPlanners();
  try {
    await new Planner(supergraph, supergraphSdl, publicSchemaOf(supergraph), planners).opened();
  } finally {
    await planners.close();
  }
}
