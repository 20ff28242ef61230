import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { SetKeyLimitsInput } from '../limits/inputs';
import { SetKeyLimitsPayload } from '../limits/payloads';
import { keyLimitsOf } from '../limits/types';
import type { UsageService } from '../service';

@Resolver()
export class SetKeyLimitsResolver {
  constructor(private readonly service: UsageService) {}

  @Mutation(() => SetKeyLimitsPayload, {
    description:
      "Bounds the calls of an API key. For the admins of the key's owner, and never by the key itself.",
  })
  setKeyLimits(
    @Arg('input', () => SetKeyLimitsInput) input: SetKeyLimitsInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<SetKeyLimitsPayload> {
    return intoPayload<SetKeyLimitsPayload>({ limits: null }, async () => ({
      limits: keyLimitsOf(await this.service.limits.ofKey(principal, input)),
    }));
  }
}
