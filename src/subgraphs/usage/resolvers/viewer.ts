import { Args, Ctx, FieldResolver, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { Usage, UsageArgs } from '../series/types';
import type { UsageService } from '../service';
import { Viewer } from '../types';

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(private readonly service: UsageService) {}

  @FieldResolver(() => Usage, {
    nullable: true,
    description: 'The calls that it made itself; null for a key that may not read.',
  })
  usage(@Args(() => UsageArgs) args: UsageArgs, @Ctx() context: GraphContext): Promise<Usage | null> {
    return this.service.usage.ofViewer(context, args);
  }
}
