import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { type Connection, SIZED_BY_FIRST } from '../../shared/paging';
import { type ActiveCaller, ActiveCallerConnection, ActiveCallersArgs } from '../callers/types';
import { Usage, UsageArgs } from '../series/types';
import type { UsageService } from '../service';
import { Version } from '../types';

@Resolver(() => Version)
export class VersionResolver {
  constructor(private readonly service: UsageService) {}

  @FieldResolver(() => Usage, {
    nullable: true,
    description: "All of its calls for the owner's members, one's own for others; null when anonymous.",
  })
  usage(
    @Root() { ref }: Version,
    @Args(() => UsageArgs) args: UsageArgs,
    @Ctx() context: GraphContext,
  ): Promise<Usage | null> {
    return this.service.usage.ofVersion(context, ref, args);
  }

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => ActiveCallerConnection, {
    nullable: true,
    description: "Who called it of late, most calls first. For the owner's members.",
  })
  activeCallers(
    @Root() { ref }: Version,
    @Args(() => ActiveCallersArgs) args: ActiveCallersArgs,
    @Ctx() context: GraphContext,
  ): Promise<Connection<ActiveCaller> | null> {
    return this.service.activeCallers.ofVersion(context, ref, args);
  }
}
