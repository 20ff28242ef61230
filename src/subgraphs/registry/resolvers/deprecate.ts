import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { DeprecationService } from '../deprecations/service';
import { DeprecateInput, DeprecatePayload } from '../deprecations/types';
import type { RegistryReader } from '../reader';

@Resolver()
export class DeprecateResolver {
  constructor(
    private readonly deprecations: DeprecationService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => DeprecatePayload, {
    description: 'Says of versions that they are not to be used any more, or takes that back.',
  })
  deprecate(
    @Ctx() context: GraphContext,
    @Arg('input', () => DeprecateInput) input: DeprecateInput,
  ): Promise<DeprecatePayload> {
    return intoPayload<DeprecatePayload>({ algorithm: null }, async () => {
      const id = await this.deprecations.deprecate(context.principal, input);
      return { algorithm: await this.reader.afterChange(context).algorithm(context, id) };
    });
  }
}
