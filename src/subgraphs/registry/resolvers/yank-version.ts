import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { YankVersionInput } from '../inputs';
import { YankVersionPayload } from '../payloads';
import type { RegistryReader } from '../reader';
import type { ReleaseService } from '../publishing/release-service';

@Resolver()
export class YankVersionResolver {
  constructor(
    private readonly releases: ReleaseService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => YankVersionPayload, {
    description: 'Takes a version out of every selector but FULL and SHA.',
  })
  yankVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => YankVersionInput) input: YankVersionInput,
  ): Promise<YankVersionPayload> {
    return intoPayload<YankVersionPayload>({ version: null }, async () => {
      const { version, reason, rollbackChannels } = input;
      const id = await this.releases.yank(context.principal, version, reason, rollbackChannels ?? false);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
