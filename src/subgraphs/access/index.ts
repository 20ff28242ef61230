import { buildSchemaSync } from 'type-graphql';

import { type Subgraph, toSubgraph } from '../../gateway';
import type { GraphContext } from '../shared/context';
import { AddTrustedPublisherResolver } from './resolvers/add-trusted-publisher';
import { AlgorithmResolver } from './resolvers/algorithm';
import { CreateApiKeyResolver } from './resolvers/create-api-key';
import { CreateOrganizationResolver } from './resolvers/create-organization';
import { CreateUserResolver } from './resolvers/create-user';
import { GrantMajorAccessResolver } from './resolvers/grant-major-access';
import { LinkIdentityResolver } from './resolvers/link-identity';
import { MajorPermissionsResolver, MajorResolver } from './resolvers/major';
import { OwnerResolver } from './resolvers/owner';
import { references } from './resolvers/reference';
import { RemoveMemberResolver } from './resolvers/remove-member';
import { RemoveTrustedPublisherResolver } from './resolvers/remove-trusted-publisher';
import { RevokeApiKeyResolver } from './resolvers/revoke-api-key';
import { RevokeMajorAccessResolver } from './resolvers/revoke-major-access';
import { SetMajorPermissionsResolver } from './resolvers/set-major-permissions';
import { SetMemberResolver } from './resolvers/set-member';
import { SuspendUserResolver } from './resolvers/suspend-user';
import { UnlinkIdentityResolver } from './resolvers/unlink-identity';
import { VersionResolver } from './resolvers/version';
import { ViewerResolver } from './resolvers/viewer';
import type { AccessService } from './service';
import { Algorithm, Major, Owner, Version } from './types';

export { userBehind } from './keys-service';
export { configureMajor, type OpenedMajor, permissionsOfMajor } from './major';
export type { AccessParts, PromoteAll, Promoted } from './parts';
export { AccessService } from './service';
export { creatorOfKey } from './store/keys';
export { type PublishingKey, TokenExchangeService } from './token-exchange-service';

const RESOLVERS = [
  AddTrustedPublisherResolver,
  AlgorithmResolver,
  CreateApiKeyResolver,
  CreateOrganizationResolver,
  CreateUserResolver,
  GrantMajorAccessResolver,
  LinkIdentityResolver,
  MajorPermissionsResolver,
  MajorResolver,
  OwnerResolver,
  RemoveMemberResolver,
  RemoveTrustedPublisherResolver,
  RevokeApiKeyResolver,
  RevokeMajorAccessResolver,
  SetMajorPermissionsResolver,
  SetMemberResolver,
  SuspendUserResolver,
  UnlinkIdentityResolver,
  VersionResolver,
  ViewerResolver,
] as const;

/** The `access` subgraph: users, membership, API keys, permissions and grants of majors, `viewerCan…`. Chapter 5. */
export function buildAccessSubgraph(access: AccessService): Subgraph {
  const instances = new Map<unknown, object>(RESOLVERS.map((resolver) => [resolver, new resolver(access)]));
  const schema = buildSchemaSync({
    resolvers: RESOLVERS,
    // entities that the gateway alone reaches; without being named here they would be silently absent
    orphanedTypes: [Algorithm, Major, Owner, Version],
    container: { get: (resolver) => instances.get(resolver) },
    validate: false,
  });
  return toSubgraph<GraphContext>({ name: 'access', schema, references });
}
