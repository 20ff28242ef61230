import { GrantsService } from './grants-service';
import { IdentitiesService } from './identities-service';
import { KeysService } from './keys-service';
import { accessLoaders } from './loaders';
import { MembersService } from './members-service';
import { OwnersService } from './owners-service';
import type { AccessParts } from './parts';
import { PermissionsService } from './permissions-service';
import { PublishersService } from './publishers-service';
import { AccessReader } from './reader';

/** All that the `access` slice does, for its resolvers and for whoever wires or fills a registry. */
export class AccessService {
  readonly owners: OwnersService;
  readonly members: MembersService;
  readonly keys: KeysService;
  readonly permissions: PermissionsService;
  readonly grants: GrantsService;
  readonly identities: IdentitiesService;
  readonly publishers: PublishersService;
  readonly reader: AccessReader;

  constructor(parts: AccessParts) {
    this.owners = new OwnersService(parts);
    this.members = new MembersService(parts);
    this.keys = new KeysService(parts);
    this.permissions = new PermissionsService(parts);
    this.grants = new GrantsService(parts);
    this.identities = new IdentitiesService(parts);
    this.publishers = new PublishersService(parts);
    this.reader = new AccessReader(parts.index, accessLoaders(parts.database));
  }
}
