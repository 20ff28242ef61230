import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';

import { parseAlgorithmRef } from '../../../domain/ref';
import { LTS } from '../../../domain/release';
import type { GraphContext } from '../../shared/context';
import { type Connection, PageArgs, pageOf, SIZED_BY_FIRST } from '../../shared/paging';
import { DateTime } from '../../shared/scalars';
import type { CatalogueService } from '../catalogue-service';
import type { ChannelReader } from '../channels/reader';
import { Channel, ChannelMove, ChannelMoveConnection } from '../channels/types';
import type { RegistryReader } from '../reader';
import { Algorithm, Owner, Version } from '../types';

@Resolver(() => Algorithm)
export class AlgorithmChannelsResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly channelReader: ChannelReader,
  ) {}

  @FieldResolver(() => [Channel], {
    description: 'By name: `edge`, `stable`, and those that its owner moves.',
  })
  async channels(@Ctx() { principal }: GraphContext, @Root() { ref }: Algorithm): Promise<Channel[]> {
    const channels = await this.catalogue.channels(principal, parseAlgorithmRef(ref));
    return channels.map((facts) => this.channelReader.channel(facts));
  }
}

@Resolver(() => Channel)
export class ChannelResolver {
  constructor(
    private readonly reader: RegistryReader,
    private readonly channelReader: ChannelReader,
  ) {}

  @FieldResolver(() => Version, { nullable: true, description: 'Null where it points nowhere.' })
  async version(@Ctx() context: GraphContext, @Root() { versionId }: Channel): Promise<Version | null> {
    return versionId === null ? null : this.reader.version(context, versionId);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'Of `lts`: until then it moves within its `major.minor` alone.',
  })
  async supportedUntil(@Ctx() context: GraphContext, @Root() channel: Channel): Promise<Date | null> {
    return channel.name === LTS ? this.channelReader.supportedUntil(context, channel) : null;
  }

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => ChannelMoveConnection, {
    description: 'Newest first; none while nobody has moved it.',
  })
  async history(
    @Ctx() context: GraphContext,
    @Root() channel: Channel,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<ChannelMove>> {
    return this.channelReader.history(context, channel, pageOf(args));
  }
}

@Resolver(() => ChannelMove)
export class ChannelMoveResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: RegistryReader,
  ) {}

  @FieldResolver(() => Version, { nullable: true, description: 'Null where it pointed nowhere.' })
  async from(@Ctx() context: GraphContext, @Root() { fromId }: ChannelMove): Promise<Version | null> {
    return fromId === null ? null : this.reader.version(context, fromId);
  }

  @FieldResolver(() => Version, { nullable: true, description: 'Null where it points nowhere.' })
  async to(@Ctx() context: GraphContext, @Root() { toId }: ChannelMove): Promise<Version | null> {
    return toId === null ? null : this.reader.version(context, toId);
  }

  @FieldResolver(() => Owner, {
    nullable: true,
    description: "Shown to the owner's members: who belongs to an organisation is not for others.",
  })
  async by(@Ctx() context: GraphContext, @Root() move: ChannelMove): Promise<Owner | null> {
    const { algorithmId, algorithmRef, byId } = move;
    if (byId === null) return null;
    const { ownerId } = await this.reader.algorithm(context, algorithmId);
    const mayKnow =
      byId === ownerId || (await this.catalogue.isMember(context.principal, parseAlgorithmRef(algorithmRef)));
    return mayKnow ? this.reader.owner(context, byId) : null;
  }
}
