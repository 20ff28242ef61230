import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { VisiblePermissions } from '../reader';
import type { AccessService } from '../service';
import { Grant, grantOf, Major, MajorPermissions } from '../types';

@Resolver(() => Major)
export class MajorResolver {
  constructor(private readonly access: AccessService) {}

  @FieldResolver(() => MajorPermissions, { nullable: true })
  permissions(@Root() { ref }: Major, @Ctx() context: GraphContext): Promise<MajorPermissions | null> {
    return this.access.reader.permissions(context, ref);
  }
}

@Resolver(() => MajorPermissions)
export class MajorPermissionsResolver {
  constructor(private readonly access: AccessService) {}

  @FieldResolver(() => [Grant], {
    nullable: true,
    description: 'Null unless the viewer may administer them.',
  })
  async grants(
    @Root() permissions: VisiblePermissions,
    @Ctx() context: GraphContext,
  ): Promise<readonly Grant[] | null> {
    return (await this.access.reader.grants(context, permissions))?.map(grantOf) ?? null;
  }
}
