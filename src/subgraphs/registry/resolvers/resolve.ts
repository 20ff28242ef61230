import { Arg, Ctx, Directive, FieldResolver, Query, Resolver, Root } from 'type-graphql';

import { asOfFrom } from '../../../domain/as-of';
import type { GraphContext } from '../../shared/context';
import type { CatalogueService } from '../catalogue-service';
import type { RegistryReader } from '../reader';
import type { ReceiptReader } from '../receipt-reader';
import { AsOf } from '../inputs-as-of';
import type { SourceService } from '../source-service';
import { Build, Resolution, Version } from '../types';

@Resolver(() => Resolution)
export class ResolveResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: RegistryReader,
    private readonly source: SourceService,
    private readonly receipts: ReceiptReader,
  ) {}

  @Query(() => Resolution, {
    nullable: true,
    description: 'What a reference such as `owner/algo/1.2` names, or named at a past moment.',
  })
  async resolve(
    @Ctx() context: GraphContext,
    @Arg('reference', () => String) reference: string,
    @Arg('asOf', () => AsOf, { nullable: true }) asOf?: AsOf | null,
  ): Promise<Resolution> {
    const moment = asOf == null ? null : asOfFrom(asOf);
    const resolution = await this.catalogue.resolve(context.principal, reference, moment);
    return Object.assign(new Resolution(), resolution);
  }

  @FieldResolver(() => Version, { nullable: true, description: 'Null for a build that is not published.' })
  async version(@Ctx() context: GraphContext, @Root() { versionId }: Resolution): Promise<Version | null> {
    return versionId === null ? null : this.reader.version(context, versionId);
  }

  @FieldResolver(() => Build)
  async build(@Ctx() context: GraphContext, @Root() resolution: Resolution): Promise<Build> {
    const { canonical, buildId, versionId } = resolution;
    const withSource = await this.source.mayRead(context.principal, canonical, 'resolve');
    // what a past answer names may have been taken down since
    return versionId === null
      ? this.reader.build(context, buildId, withSource)
      : this.reader.buildOfVersion(context, versionId, withSource);
  }

  // some thousand of them keep a core busy for a second
  @Directive('@cost(weight: 100)')
  @FieldResolver(() => String, {
    nullable: true,
    description: 'A signed statement of it (JWS), by which it can be checked offline: docs/receipts.md.',
  })
  async receipt(@Ctx() context: GraphContext, @Root() { answer }: Resolution): Promise<string> {
    return this.receipts.receipt(context, answer);
  }
}
