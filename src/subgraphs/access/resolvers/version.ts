import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { AccessService } from '../service';
import { Version } from '../types';

@Resolver(() => Version)
export class VersionResolver {
  constructor(private readonly access: AccessService) {}

  @FieldResolver(() => Boolean, { nullable: true })
  viewerCanCall(@Root() { ref }: Version, @Ctx() context: GraphContext): Promise<boolean | null> {
    return this.access.reader.viewerCanCall(context, ref);
  }
}
