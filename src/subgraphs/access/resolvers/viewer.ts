import { Ctx, FieldResolver, Query, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { AccessService } from '../service';
import { ApiKey, apiKeyOf, Identity, identityOf, Owner, Viewer, viewerOf } from '../types';

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(private readonly access: AccessService) {}

  @Query(() => Viewer, { nullable: true, description: 'Null when anonymous.' })
  viewer(@Ctx() { principal }: GraphContext): Viewer | null {
    return viewerOf(principal);
  }

  @FieldResolver(() => [Owner], { description: 'Those that it acts in, in the order of their handles.' })
  organizations(@Ctx() context: GraphContext): Promise<readonly Owner[]> {
    return this.access.reader.organizations(context);
  }

  @FieldResolver(() => [ApiKey], { description: 'Its own, oldest first; revoked ones are left out.' })
  async apiKeys(@Ctx() { principal }: GraphContext): Promise<readonly ApiKey[]> {
    return (await this.access.keys.ofPrincipal(principal)).map(apiKeyOf);
  }

  @FieldResolver(() => [Identity], {
    description: 'Subjects of issuers whose tokens act as the user, oldest first.',
  })
  async identities(@Ctx() { principal }: GraphContext): Promise<readonly Identity[]> {
    return (await this.access.identities.ofPrincipal(principal)).map(identityOf);
  }
}
