import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';

import { parseAlgorithmRef } from '../../../domain/ref';
import type { GraphContext } from '../../shared/context';
import type { CatalogueService } from '../catalogue-service';
import { majorNode } from '../nodes';
import type { RegistryReader } from '../reader';
import { Algorithm, Major, Version } from '../types';

@Resolver(() => Major)
export class MajorResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: RegistryReader,
  ) {}

  @Query(() => Major, { nullable: true })
  async major(
    @Ctx() { principal }: GraphContext,
    @Arg('ref', () => String, { description: '`owner/name/1`.' }) ref: string,
  ): Promise<Major> {
    const { algorithm, number } = await this.catalogue.major(principal, ref);
    return majorNode(`${algorithm.owner.handle}/${algorithm.name}`, number);
  }

  @FieldResolver(() => Algorithm)
  async algorithm(@Ctx() context: GraphContext, @Root() { algorithmRef }: Major): Promise<Algorithm> {
    const { algorithm } = await this.catalogue.algorithm(context.principal, algorithmRef);
    return this.reader.algorithm(context, algorithm.id);
  }

  @FieldResolver(() => Version, { nullable: true, description: 'Its highest public release.' })
  async latest(
    @Ctx() context: GraphContext,
    @Root() { algorithmRef, number }: Major,
  ): Promise<Version | null> {
    const latest = await this.catalogue.latest(context.principal, parseAlgorithmRef(algorithmRef), number);
    return latest && this.reader.version(context, latest.versionId);
  }
}
