import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { SetOwnerLimitsInput } from '../limits/inputs';
import { SetOwnerLimitsPayload } from '../limits/payloads';
import type { UsageService } from '../service';

@Resolver()
export class SetOwnerLimitsResolver {
  constructor(private readonly service: UsageService) {}

  @Mutation(() => SetOwnerLimitsPayload, {
    description: 'Bounds the calls of a user or an organisation, all its keys together. For the operator.',
  })
  setOwnerLimits(
    @Arg('input', () => SetOwnerLimitsInput) input: SetOwnerLimitsInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<SetOwnerLimitsPayload> {
    return intoPayload<SetOwnerLimitsPayload>({ owner: null }, async () => {
      const { owner } = await this.service.limits.ofOwner(principal, input);
      return { owner: { handle: owner.handle } };
    });
  }
}
