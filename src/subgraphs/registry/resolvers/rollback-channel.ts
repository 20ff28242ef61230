import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { ChannelReader } from '../channels/reader';
import type { ChannelService } from '../channels/service';
import { RollbackChannelInput, RollbackChannelPayload } from '../channels/types';
import type { RegistryReader } from '../reader';

@Resolver()
export class RollbackChannelResolver {
  constructor(
    private readonly channels: ChannelService,
    private readonly reader: RegistryReader,
    private readonly channelReader: ChannelReader,
  ) {}

  @Mutation(() => RollbackChannelPayload, {
    description:
      'Points a channel back to the last version that it pointed to and that is still good; nowhere, where none is.',
  })
  rollbackChannel(
    @Ctx() context: GraphContext,
    @Arg('input', () => RollbackChannelInput) input: RollbackChannelInput,
  ): Promise<RollbackChannelPayload> {
    return intoPayload<RollbackChannelPayload>({ channel: null }, async () => {
      const rolledBack = await this.channels.rollback(context.principal, input);
      this.reader.afterChange(context);
      return { channel: this.channelReader.channel(rolledBack) };
    });
  }
}
