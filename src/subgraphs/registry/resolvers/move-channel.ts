import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { ChannelReader } from '../channels/reader';
import type { ChannelService } from '../channels/service';
import { MoveChannelInput, MoveChannelPayload } from '../channels/types';
import type { RegistryReader } from '../reader';

@Resolver()
export class MoveChannelResolver {
  constructor(
    private readonly channels: ChannelService,
    private readonly reader: RegistryReader,
    private readonly channelReader: ChannelReader,
  ) {}

  @Mutation(() => MoveChannelPayload, {
    description:
      'Points a channel to another version, if it still names what its mover believes and the gates are passed.',
  })
  moveChannel(
    @Ctx() context: GraphContext,
    @Arg('input', () => MoveChannelInput) input: MoveChannelInput,
  ): Promise<MoveChannelPayload> {
    return intoPayload<MoveChannelPayload>({ channel: null }, async () => {
      const moved = await this.channels.move(context.principal, input);
      this.reader.afterChange(context);
      return { channel: this.channelReader.channel(moved) };
    });
  }
}
