import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';

import { parseAlgorithmRef } from '../../../domain/ref';
import type { GraphContext } from '../../shared/context';
import { type Connection, PageArgs, pageOf, SIZED_BY_FIRST } from '../../shared/paging';
import type { CatalogueService } from '../catalogue-service';
import type { ChannelReader } from '../channels/reader';
import { ChannelGates, GateReport, GateReportConnection } from '../gates/types';
import type { RegistryReader } from '../reader';
import { Algorithm, Owner, Version } from '../types';

@Resolver(() => Algorithm)
export class AlgorithmGatesResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly channelReader: ChannelReader,
  ) {}

  @FieldResolver(() => [ChannelGates], {
    nullable: true,
    description: "What versions have to pass before they enter a channel. For the owner's members.",
  })
  async gates(
    @Ctx() context: GraphContext,
    @Root() { ref, algorithmId }: Algorithm,
  ): Promise<ChannelGates[] | null> {
    if (!(await this.catalogue.isMember(context.principal, parseAlgorithmRef(ref)))) return null;
    return this.channelReader.gates(context, algorithmId);
  }
}

@Resolver(() => Version)
export class VersionGatesResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly channelReader: ChannelReader,
  ) {}

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => GateReportConnection, {
    nullable: true,
    description: "What was measured of it, newest first. For the owner's members.",
  })
  async gateReports(
    @Ctx() context: GraphContext,
    @Root() { versionId, algorithmRef, state }: Version,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<GateReport> | null> {
    const page = pageOf(args);
    if (state === 'TAKEN_DOWN') return null;
    if (!(await this.catalogue.isMember(context.principal, parseAlgorithmRef(algorithmRef)))) return null;
    return this.channelReader.reports(context, versionId, page);
  }
}

@Resolver(() => GateReport)
export class GateReportResolver {
  constructor(private readonly reader: RegistryReader) {}

  @FieldResolver(() => Owner, { nullable: true, description: 'Null for the operator.' })
  async by(@Ctx() context: GraphContext, @Root() { byId }: GateReport): Promise<Owner | null> {
    return byId === null ? null : this.reader.owner(context, byId);
  }
}
