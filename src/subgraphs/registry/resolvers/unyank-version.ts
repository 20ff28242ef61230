import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { UnyankVersionInput } from '../inputs';
import { UnyankVersionPayload } from '../payloads';
import type { RegistryReader } from '../reader';
import type { ReleaseService } from '../publishing/release-service';

@Resolver()
export class UnyankVersionResolver {
  constructor(
    private readonly releases: ReleaseService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => UnyankVersionPayload, { description: 'Brings a yanked version back.' })
  unyankVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => UnyankVersionInput) input: UnyankVersionInput,
  ): Promise<UnyankVersionPayload> {
    return intoPayload<UnyankVersionPayload>({ version: null }, async () => {
      const id = await this.releases.unyank(context.principal, input.version);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
