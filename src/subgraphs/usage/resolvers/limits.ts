import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { type Connection, PageArgs, SIZED_BY_FIRST } from '../../shared/paging';
import {
  type ConsumerLimits,
  ConsumerLimitsConnection,
  consumerLimitsOf,
  OwnerLimits,
  ownerLimitsOf,
  Quota,
  quotaOf,
} from '../limits/types';
import type { UsageService } from '../service';
import { Algorithm, Owner, Viewer } from '../types';

@Resolver(() => Viewer)
export class ViewerQuotasResolver {
  constructor(private readonly service: UsageService) {}

  @FieldResolver(() => [Quota], {
    nullable: true,
    description:
      'Where it stands with the rates and quotas of its key, of itself, and at single algorithms. Null for a key that may not read.',
  })
  async quotas(@Ctx() context: GraphContext): Promise<readonly Quota[] | null> {
    return (await this.service.standings.quotas(context))?.map(quotaOf) ?? null;
  }
}

@Resolver(() => Owner)
export class OwnerLimitsResolver {
  constructor(private readonly service: UsageService) {}

  @FieldResolver(() => OwnerLimits, {
    nullable: true,
    description: 'What bounds its calls; null unless the viewer may administer it.',
  })
  async limits(@Root() { handle }: Owner, @Ctx() context: GraphContext): Promise<OwnerLimits | null> {
    const limits = await this.service.standings.ofOwner(context, handle);
    return limits && ownerLimitsOf(limits);
  }
}

@Resolver(() => Algorithm)
export class ConsumerLimitsResolver {
  constructor(private readonly service: UsageService) {}

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => ConsumerLimitsConnection, {
    nullable: true,
    description:
      'What bounds its consumers, in the order of their handles, the default first; null unless the viewer may administer it.',
  })
  consumerLimits(
    @Root() { ref }: Algorithm,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GraphContext,
  ): Promise<Connection<ConsumerLimits> | null> {
    return this.service.standings.ofConsumers(context, ref, page, consumerLimitsOf);
  }
}
