import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { AccessService } from '../service';
import { Algorithm, TrustedPublisher, trustedPublisherOf } from '../types';

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

  @FieldResolver(() => [TrustedPublisher], {
    nullable: true,
    description: 'Whose pipelines may publish it, oldest first; null unless the viewer may administer it.',
  })
  async trustedPublishers(
    @Root() { ref }: Algorithm,
    @Ctx() context: GraphContext,
  ): Promise<readonly TrustedPublisher[] | null> {
    return (await this.access.reader.publishers(context, ref))?.map(trustedPublisherOf) ?? null;
  }
}
