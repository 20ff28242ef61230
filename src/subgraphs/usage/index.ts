import { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';

import { type Subgraph, toSubgraph } from '../../gateway';
import type { GraphContext } from '../shared/context';
import { AlgorithmResolver } from './resolvers/algorithm';
import {
  AlgorithmCallsResolver,
  OwnerCallsResolver,
  VersionCallsResolver,
  ViewerCallsResolver,
} from './resolvers/calls';
import { ConsumerLimitsResolver, OwnerLimitsResolver, ViewerQuotasResolver } from './resolvers/limits';
import { MajorResolver } from './resolvers/major';
import { OwnerResolver } from './resolvers/owner';
import { references } from './resolvers/reference';
import { SetConsumerLimitsResolver } from './resolvers/set-consumer-limits';
import { SetKeyLimitsResolver } from './resolvers/set-key-limits';
import { SetOwnerLimitsResolver } from './resolvers/set-owner-limits';
import { VersionResolver } from './resolvers/version';
import { ViewerResolver } from './resolvers/viewer';
import type { UsageService } from './service';
import { Algorithm, Major, Owner, Version, Viewer } from './types';

export type { CallTarget } from './calls/selection';
export type { CallsService } from './calls/service';
export type { UsageParts } from './parts';
export { UsageService } from './service';
export type { VisibleCall } from './calls/visible-call';

const RESOLVERS = [
  AlgorithmCallsResolver,
  AlgorithmResolver,
  ConsumerLimitsResolver,
  MajorResolver,
  OwnerCallsResolver,
  OwnerLimitsResolver,
  OwnerResolver,
  SetConsumerLimitsResolver,
  SetKeyLimitsResolver,
  SetOwnerLimitsResolver,
  VersionCallsResolver,
  VersionResolver,
  ViewerCallsResolver,
  ViewerQuotasResolver,
  ViewerResolver,
] as const;

/** The `usage` subgraph: what was called how often, by whom, and who still calls it. Chapter 6. */
export function buildUsageSubgraph(usage: UsageService): Subgraph {
  const instances = new Map<unknown, object>(RESOLVERS.map((resolver) => [resolver, new resolver(usage)]));
  const built = buildSchemaSync({
    resolvers: RESOLVERS,
    // entities that the gateway alone reaches; without being named here they would be silently absent
    orphanedTypes: [Algorithm, Major, Owner, Version, Viewer],
    container: { get: (resolver) => instances.get(resolver) },
    validate: false,
    // there is nothing to begin a query with here: all is reached through entities
    skipCheck: true,
  });
  return toSubgraph<GraphContext>({ name: 'usage', schema: withoutQuery(built), references });
}

/** Without the type that queries begin with, which may not be empty. */
function withoutQuery(schema: GraphQLSchema): GraphQLSchema {
  const { types, ...config } = schema.toConfig();
  return new GraphQLSchema({ ...config, query: null, types: types.filter(({ name }) => name !== 'Query') });
}
