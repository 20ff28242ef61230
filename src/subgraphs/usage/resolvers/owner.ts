import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { type Side, UsageSide } from '../enums';
import { Usage, UsageArgs } from '../series/types';
import type { UsageService } from '../service';
import { Owner } from '../types';

@Resolver(() => Owner)
export class OwnerResolver {
  constructor(private readonly service: UsageService) {}

  @FieldResolver(() => Usage, {
    nullable: true,
    description:
      "Calls of its algorithms: all of them for its members, one's own for others. As a consumer: the calls that it made, for its members alone. Null when anonymous.",
  })
  usage(
    @Root() { handle }: Owner,
    @Args(() => UsageArgs) args: UsageArgs,
    @Arg('as', () => UsageSide, { nullable: true, defaultValue: 'PROVIDER' }) side: Side | null,
    @Ctx() context: GraphContext,
  ): Promise<Usage | null> {
    return this.service.usage.ofOwner(context, handle, side ?? 'PROVIDER', args);
  }
}
