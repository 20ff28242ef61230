import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { type Connection, SIZED_BY_FIRST } from '../../shared/paging';
import { type ActiveCaller, ActiveCallerConnection, RangeCallersArgs } from '../callers/types';
import { Usage, UsageArgs } from '../series/types';
import type { UsageService } from '../service';
import { Algorithm } from '../types';

@Resolver(() => Algorithm)
export class AlgorithmResolver {
  constructor(private readonly service: UsageService) {}

  @FieldResolver(() => Usage, {
    nullable: true,
    description: "All of its calls for the owner's members, one's own for others; null when anonymous.",
  })
  usage(
    @Root() { ref }: Algorithm,
    @Args(() => UsageArgs) args: UsageArgs,
    @Ctx() context: GraphContext,
  ): Promise<Usage | null> {
    return this.service.usage.ofAlgorithm(context, ref, args);
  }

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => ActiveCallerConnection, {
    nullable: true,
    description:
      "Who would be touched if the versions of a range went: who called them of late, most calls first. For the owner's members.",
  })
  activeCallers(
    @Root() { ref }: Algorithm,
    @Args(() => RangeCallersArgs) args: RangeCallersArgs,
    @Ctx() context: GraphContext,
  ): Promise<Connection<ActiveCaller> | null> {
    return this.service.activeCallers.ofRange(context, ref, args);
  }
}
