import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';

import { parseAlgorithmRef } from '../../../domain/ref';
import type { GraphContext } from '../../shared/context';
import type { CatalogueService } from '../catalogue-service';
import { majorNode } from '../nodes';
import type { RegistryReader } from '../reader';
import type { SourceService } from '../source-service';
import { Algorithm, Build, Major, Owner, Version } from '../types';

@Resolver(() => Version)
export class VersionResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: RegistryReader,
    private readonly source: SourceService,
  ) {}

  @Query(() => Version, { nullable: true })
  async version(
    @Ctx() context: GraphContext,
    @Arg('ref', () => String, { description: '`owner/name/1.2.3`.' }) ref: string,
  ): Promise<Version> {
    const { versionId } = await this.catalogue.version(context.principal, ref);
    return this.reader.version(context, versionId);
  }

  @FieldResolver(() => Algorithm)
  async algorithm(@Ctx() context: GraphContext, @Root() { algorithmId }: Version): Promise<Algorithm> {
    return this.reader.algorithm(context, algorithmId);
  }

  @FieldResolver(() => Major)
  major(@Root() { algorithmRef, majorNumber }: Version): Major {
    return majorNode(algorithmRef, majorNumber);
  }

  @FieldResolver(() => Build)
  async build(@Ctx() context: GraphContext, @Root() version: Version): Promise<Build> {
    const withSource = await this.source.mayRead(context.principal, version.ref, 'read');
    return this.reader.buildOf(context, version, withSource);
  }

  @FieldResolver(() => String, { name: 'interface', nullable: true, description: 'GraphQL SDL.' })
  async interfaceSdl(@Ctx() context: GraphContext, @Root() version: Version): Promise<string | null> {
    return this.reader.interfaceOf(context, version);
  }

  @FieldResolver(() => Owner, {
    nullable: true,
    description: "Shown to the owner's members: who belongs to an organisation is not for others.",
  })
  async publishedBy(@Ctx() context: GraphContext, @Root() version: Version): Promise<Owner | null> {
    const { publishedById } = version;
    if (publishedById === null) return null;
    const isOwner = publishedById === version.ownerId;
    if (
      !isOwner &&
      !(await this.catalogue.isMember(context.principal, parseAlgorithmRef(version.algorithmRef)))
    )
      return null;
    return this.reader.owner(context, publishedById);
  }
}
