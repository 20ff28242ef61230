import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { PublishVersionInput } from '../inputs';
import { PublishVersionPayload } from '../payloads';
import type { PublishService } from '../publish-service';
import type { RegistryReader } from '../reader';

@Resolver()
export class PublishVersionResolver {
  constructor(
    private readonly publishing: PublishService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => PublishVersionPayload, { description: 'Gives a build its version, once and for ever.' })
  publishVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => PublishVersionInput) input: PublishVersionInput,
  ): Promise<PublishVersionPayload> {
    return intoPayload<PublishVersionPayload>({ version: null }, async () => {
      const id = await this.publishing.publish(context.principal, input);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
