import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { Usage, UsageArgs } from '../series/types';
import type { UsageService } from '../service';
import { Major } from '../types';

@Resolver(() => Major)
export class MajorResolver {
  constructor(private readonly service: UsageService) {}

  @FieldResolver(() => Usage, {
    nullable: true,
    description: "All of its calls for the owner's members, one's own for others; null when anonymous.",
  })
  usage(
    @Root() { ref }: Major,
    @Args(() => UsageArgs) args: UsageArgs,
    @Ctx() context: GraphContext,
  ): Promise<Usage | null> {
    return this.service.usage.ofMajor(context, ref, args);
  }
}
