import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { AccessService } from '../service';
import { Algorithm } from '../types';

@Resolver(() => Algorithm)
export class AlgorithmResolver {
  constructor(private readonly access: AccessService) {}

  @FieldResolver(() => Boolean, { nullable: true, description: 'Builds, versions, channels.' })
  viewerCanPublish(@Root() { ref }: Algorithm, @Ctx() context: GraphContext): Promise<boolean | null> {
    return this.access.reader.viewerHas(context, ref, 'MAINTAINER');
  }

  @FieldResolver(() => Boolean, { nullable: true, description: 'Permissions, grants, policies.' })
  viewerCanAdminister(@Root() { ref }: Algorithm, @Ctx() context: GraphContext): Promise<boolean | null> {
    return this.access.reader.viewerHas(context, ref, 'ADMIN');
  }
}
