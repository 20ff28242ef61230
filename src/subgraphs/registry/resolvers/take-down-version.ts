import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { TakeDownVersionInput } from '../inputs';
import { TakeDownVersionPayload } from '../payloads';
import type { RegistryReader } from '../reader';
import type { TakedownService } from '../publishing/takedown-service';

@Resolver()
export class TakeDownVersionResolver {
  constructor(
    private readonly takedowns: TakedownService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => TakeDownVersionPayload, {
    description: 'Takes a version and its content away for good, for legal reasons. For the operator.',
  })
  takeDownVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => TakeDownVersionInput) input: TakeDownVersionInput,
  ): Promise<TakeDownVersionPayload> {
    return intoPayload<TakeDownVersionPayload>({ version: null }, async () => {
      const id = await this.takedowns.takeDown(context.principal, input.version, input.reason);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
