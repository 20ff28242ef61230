import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { PromoteVersionInput } from '../inputs';
import { PromoteVersionPayload } from '../payloads';
import type { RegistryReader } from '../reader';
import type { ReleaseService } from '../publishing/release-service';

@Resolver()
export class PromoteVersionResolver {
  constructor(
    private readonly releases: ReleaseService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => PromoteVersionPayload, {
    description: 'Makes a private version public, when its major is. There is no way back.',
  })
  promoteVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => PromoteVersionInput) input: PromoteVersionInput,
  ): Promise<PromoteVersionPayload> {
    return intoPayload<PromoteVersionPayload>({ version: null }, async () => {
      const id = await this.releases.promote(context.principal, input.version);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
