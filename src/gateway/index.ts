/**
 * A federated gateway, usable alone: it knows nothing of the marketplace. Given a supergraph and a way to run each
 * subgraph, `createGateway` is what Apollo Server takes as `gateway`. See `docs/gateway.md`.
 */
export { UNAUTHORIZED, type Rights } from './authorization';
export { compose, type SubgraphSdl } from './compose';
export { type CostOptions, type CostRequest } from './cost';
export { type Reference, type References, type ResolveReferences } from './entities';
export { GatewayError, type GatewayErrorCode } from './errors';
export { explain, explainedText, type Explained } from './explain';
export { createGateway, type Gateway, type GatewayOptions, type GatewaySource } from './gateway';
export { Graph, type GraphOptions, type GraphRequest } from './graph';
export { HTTP_FAILURE_KINDS, HttpFailure, type HttpFailureKind } from './http-failure';
export { HttpCounts } from './http-counts';
export { overHttp, type HttpRunner, type HttpRunnerOptions, type HttpRunnerStats } from './http-runner';
export {
  checkLimits,
  DEFAULT_LIMITS,
  limitRules,
  QUERY_TOO_COMPLEX,
  tokenLimitError,
  type Limits,
} from './limits';
export {
  FETCH_OUTCOMES,
  PLAN_LOOKUPS,
  type Ending,
  type FetchOutcome,
  type FetchPart,
  type Meter,
  type Observation,
  type Observer,
  type PlanLookup,
  type RequestPart,
} from './observer';
export { type Rollout } from './plan';
export { type GuardedPlanners, guardedPlanners, type GuardOptions } from './planning/guarded';
export { type Planners, plannersInProcess } from './planning/planners';
export { isMissing } from './projection-run';
export { publicSchema } from './public-schema';
export { assertServable } from './servable';
export { isRemote } from './remote-error';
export { inProcess } from './runner';
export { joinedGraphs, subgraphsOf } from './supergraph';
export { toSubgraph, type Subgraph, type SubgraphSource } from './subgraph';
export { type Data, type Runner, type Runners, type SubgraphRequest, type SubgraphResult } from './types';
