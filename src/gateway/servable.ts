import { Graph } from './graph';
import { guardedPlanners } from './planning/guarded';

/**
 * Resolves where a gateway could serve this supergraph: what composes is not always what whoever is to serve it can
 * make out, nor what the planner can open; and what that cannot open may end the process that it is in, which is
 * another one here.
 * @throws GatewayError `INVALID_SUPERGRAPH`
 */
export async function assertServable(supergraphSdl: string): Promise<void> {
  const planners = guardedPlanners();
  try {
    await new Graph(supergraphSdl, {}, 1, { planners }).opened();
  } finally {
    await planners.close();
  }
}
