import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { CatalogueService } from '../catalogue-service';
import type { RegistryReader } from '../reader';
import { Build, Resolution, Version } from '../types';

@Resolver(() => Resolution)
export class ResolveResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: RegistryReader,
  ) {}

  @Query(() => Resolution, {
    nullable: true,
    description: 'What a reference such as `owner/algo/1.2` names.',
  })
  async resolve(
    @Ctx() context: GraphContext,
    @Arg('reference', () => String) reference: string,
  ): Promise<Resolution> {
    return Object.assign(new Resolution(), await this.catalogue.resolve(context.principal, reference));
  }

  @FieldResolver(() => Version, { nullable: true, description: 'Null for a build that is not published.' })
  async version(@Ctx() context: GraphContext, @Root() { versionId }: Resolution): Promise<Version | null> {
    return versionId === null ? null : this.reader.version(context, versionId);
  }

  @FieldResolver(() => Build)
  async build(@Ctx() context: GraphContext, @Root() { buildId }: Resolution): Promise<Build> {
    return this.reader.build(context, buildId);
  }
}
